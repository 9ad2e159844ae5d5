using Attribution.Contracts;
using Attribution.Storage;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Attributing;

/// <summary>
/// Commits the messages under way one transaction after the other: what waits shares one, what comes meanwhile the next, so that a lone
/// message waits for nobody and under load the store sets the pace. While one is written the next is planned, on what that will have written;
/// where it was not written just so, the plan is thrown away. What a plan needs is loaded between two writes, when the store's writing connection,
/// which has it in memory, is free; meanwhile the documents of the one before are encoded. A message that cannot be committed fails alone: the others of its transaction
/// are committed without it. Thread-safe.
/// </summary>
public sealed class CommitQueue(Attributor attributor, IOptions<AttributeOptions> options)
{
    private readonly Lock gate = new();
    private readonly Queue<Waiting> queue = [];
    private bool running;

    /// <summary>Returns when the message is committed, by this call or before it.</summary>
    /// <exception cref="StoreFaultException">The store is away, or refuses the message.</exception>
    /// <exception cref="OperationCanceledException">It may be committed or not.</exception>
    public Task AttributeAsync(EventPack pack, CancellationToken cancellation)
    {
        var waiting = new Waiting(pack);
        lock (gate)
        {
            queue.Enqueue(waiting);
            if (!running) _ = Task.Run(RunAsync, CancellationToken.None);
            running = true;
        }

        return waiting.Committed.WaitAsync(cancellation);
    }

    private async Task RunAsync()
    {
        var (planned, written) = (default(Planned), Task.FromResult(true));
        while (true)
        {
            var mayEnd = planned is null && written.IsCompleted;
            var group = Next(mayEnd);
            if (group.Count == 0 && mayEnd) return;

            var loading = group.Count == 0 ? null : LoadAsync(group, written);
            if (!await written && planned is not null)
            {
                await CommitAsync(planned.Group, encoded: null);
                planned = null;
            }

            if (loading is not null) await Task.WhenAny(loading);
            var ahead = planned;
            written = ahead is null ? Task.FromResult(true) : Task.Run(() => CommitAsync(ahead.Group, ahead.Encoded));
            planned = loading is null ? null : await PlanAsync(group, loading, ahead?.Plan);
            if (planned is null && group.Count > 0)
            {
                await written;
                await CommitAsync(group, encoded: null);
            }
        }
    }

    /// <summary>Reads messages while others are written, and loads what they lead to when those are.</summary>
    private async Task<Attributor.LoadedPacks> LoadAsync(List<Waiting> group, Task written)
    {
        var packs = attributor.ParsePacks(group.Select(one => one.Pack));
        await written;
        return await attributor.LoadAsync(packs, CancellationToken.None);
    }

    /// <returns>Null where they cannot be planned: what kept them comes again in <see cref="CommitAsync"/>, where each message hears its own.</returns>
    private async Task<Planned?> PlanAsync(List<Waiting> group, Task<Attributor.LoadedPacks> loading, Attributor.CommitPlan? ahead)
    {
        try
        {
            return attributor.PlanCommit(await loading, ahead) is { } plan ? new(group, plan, Task.Run(plan.Encode)) : null;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private List<Waiting> Next(bool mayEnd)
    {
        lock (gate)
        {
            var (group, events) = (new List<Waiting>(), 0);
            while (group.Count < options.Value.MessagesPerBatch && queue.TryPeek(out var next)
                && (group.Count == 0 || events + next.Pack.Events.Count <= options.Value.EventsPerCommit))
            {
                events += next.Pack.Events.Count;
                group.Add(queue.Dequeue());
            }

            running = group.Count > 0 || !mayEnd;
            return group;
        }
    }

    /// <summary>Commits as planned or, without a plan or where others were faster, from the load on.</summary>
    /// <returns>Whether just what was planned is written.</returns>
    private async Task<bool> CommitAsync(List<Waiting> group, Task<Attributor.CommitPlan>? encoded)
    {
        try
        {
            var asPlanned = encoded is not null && await attributor.TryCommitAsync(await encoded, CancellationToken.None);
            if (!asPlanned) await attributor.AttributeAsync(group.ConvertAll(one => one.Pack), CancellationToken.None);
            group.ForEach(one => one.End(null));
            return asPlanned;
        }
        catch (Exception e) when (group.Count == 1 || e is StoreFaultException { MayPass: true })
        {
            group.ForEach(one => one.End(e));
        }
        catch (Exception)
        {
            // Which of them it is, each says for itself.
            foreach (var one in group) await CommitAsync([one], encoded: null);
        }

        return false;
    }

    private sealed record Planned(List<Waiting> Group, Attributor.CommitPlan Plan, Task<Attributor.CommitPlan> Encoded);

    private sealed class Waiting(EventPack pack)
    {
        private readonly TaskCompletionSource committed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EventPack Pack => pack;

        public Task Committed => committed.Task;

        public void End(Exception? failure)
        {
            if (failure is null) committed.SetResult();
            else committed.SetException(failure);
        }
    }
}
