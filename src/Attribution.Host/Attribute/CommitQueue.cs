using Attribution.Contracts;
using Attribution.Storage;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Attributing;

/// <summary>
/// Commits the messages under way one transaction after the other: what waits shares one, what comes meanwhile the next, so that a lone
/// message waits for nobody and under load the store sets the pace. A message that cannot be committed fails alone: the others of its
/// transaction are committed without it. Thread-safe.
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
        while (Next() is { Count: > 0 } group) await CommitAsync(group);
    }

    private List<Waiting> Next()
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

            running = group.Count > 0;
            return group;
        }
    }

    private async Task CommitAsync(List<Waiting> group)
    {
        try
        {
            await attributor.AttributeAsync(group.ConvertAll(one => one.Pack), CancellationToken.None);
            group.ForEach(one => one.End(null));
        }
        catch (Exception e) when (group.Count == 1 || e is StoreFaultException { MayPass: true })
        {
            group.ForEach(one => one.End(e));
        }
        catch (Exception)
        {
            // Which of them it is, each says for itself.
            foreach (var one in group) await CommitAsync([one]);
        }
    }

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
