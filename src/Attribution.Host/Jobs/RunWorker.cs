using System.Collections.Immutable;
using Attribution.Core.Values;
using Attribution.Host.Observability;
using Attribution.Storage;
using Attribution.Storage.Runs;

namespace Attribution.Host.Jobs;

/// <summary>
/// Background service that executes the runs of a kind, one at a time. The first process that claims a run executes it
/// and stores its progress every second. A run that is added in this process starts at once; others are found by
/// polling. A run that this process has seen without progress for 30 seconds, by the monotonic clock, was abandoned by a
/// process that ended, and is started again. A host that stops returns its run to the queue.
/// </summary>
internal sealed partial class RunWorker<TKind>(
    TKind kind, IRunStore store, RunWakeup wakeup, TimeProvider time, ILogger<RunWorker<TKind>> logger) : BackgroundService
    where TKind : IBackgroundRun
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromSeconds(30);

    private Dictionary<Guid, (RunDocument Run, long Since)> running = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var added = wakeup.Next;
                if (!await RunNextAsync(stoppingToken)) await Task.WhenAny(added, Task.Delay(PollInterval, time, stoppingToken));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogStore(kind.Name, e);
                await Task.Delay(ProgressInterval, time, CancellationToken.None);
            }
        }
    }

    /// <summary>Executes the next run.</summary>
    /// <returns>False if no run is queued or abandoned.</returns>
    public async Task<bool> RunNextAsync(CancellationToken stopping)
    {
        if (await TryClaimNextAsync(stopping) is not { } run) return false;
        if (run.Attempt > kind.MaxAttempts)
        {
            var fault = $"Started {kind.MaxAttempts} times; each time the process ended during the run.";
            await store.UpdateRunAsync(run with { Status = RunStatus.Failed, Fault = fault }, stopping);
            return true;
        }

        var progress = new RunProgress();
        using var ownership = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var work = kind.RunAsync(run, progress, ownership.Token);
        while (await Task.WhenAny(work, Task.Delay(ProgressInterval, time, CancellationToken.None)) != work)
        {
            // A failed update means that another process considers this one dead and has taken over the run.
            if (!ownership.IsCancellationRequested
                && !await store.UpdateRunAsync(WithProgress(run, progress), CancellationToken.None))
                await ownership.CancelAsync();
        }

        var completed = await CompleteAsync(run, progress, work, stopping);
        if (completed is not null) await StoreEndAsync(completed);
        return true;
    }

    /// <summary>Stores the end of a run; if its result cannot be stored, that instead.</summary>
    private async Task StoreEndAsync(RunDocument ended)
    {
        try
        {
            await store.UpdateRunAsync(ended, CancellationToken.None);
        }
        catch (Exception e) when (!ended.Answer.IsEmpty && e is not StoreFaultException { IsTransient: true })
        {
            LogFailed(kind.Name, ended.Id, e);
            var fault = $"The result of {ended.Answer.Length / 1_000_000} MB cannot be stored. Ask for fewer rows.";
            await store.UpdateRunAsync(ended with { Status = RunStatus.Failed, Answer = [], Fault = fault }, CancellationToken.None);
        }
    }

    /// <summary>Claims the oldest run that is queued or abandoned.</summary>
    /// <returns>Null if there is none, or if another process has claimed it.</returns>
    private async Task<RunDocument?> TryClaimNextAsync(CancellationToken stopping)
    {
        var unfinished = await store.ListUnfinishedRunsAsync(kind.Name, stopping);
        var now = time.GetTimestamp();
        running = unfinished.Where(run => run.Status == RunStatus.Running).ToDictionary(
            run => run.Id,
            run => running.TryGetValue(run.Id, out var seen) && IsUnchanged(seen.Run, run) ? seen : (run, now));
        var next = unfinished.FirstOrDefault(
            run => run.Status == RunStatus.Queued || time.GetElapsedTime(running[run.Id].Since, now) >= AbandonedAfter);
        return next is null ? null : await store.TryClaimRunAsync(next, Now(), stopping);

        static bool IsUnchanged(RunDocument before, RunDocument after) =>
            (before.Attempt, before.UpdatedAt) == (after.Attempt, after.UpdatedAt);
    }

    private async Task<RunDocument?> CompleteAsync(
        RunDocument run, RunProgress progress, Task<byte[]> work, CancellationToken stopping)
    {
        try
        {
            var answer = await work;
            return WithProgress(run, progress) with { Status = RunStatus.Done, Answer = answer.ToImmutableArray() };
        }
        catch (RunRefusedException e)
        {
            return WithProgress(run, progress) with { Status = RunStatus.Failed, Fault = e.Message };
        }
        catch (OperationCanceledException)
        {
            return stopping.IsCancellationRequested
                ? WithProgress(run, progress) with { Status = RunStatus.Queued }
                : null;
        }
        catch (StoreFaultException e) when (e.IsTransient && run.Attempt < kind.MaxAttempts)
        {
            // For example, the server has lost the moment of a long read: the work starts again from its beginning.
            LogRestarted(kind.Name, run.Id, e.Summary);
            return WithProgress(run, progress) with { Status = RunStatus.Queued };
        }
        catch (Exception e)
        {
            LogFailed(kind.Name, run.Id, e);
            if (e is StoreFaultException { IsEnvironmental: true })
                return WithProgress(run, progress) with
                {
                    Status = RunStatus.Failed,
                    Fault = "The store or its disk failed. The log entry for this run id has the cause; start the run again once the host is ready.",
                };
            return WithProgress(run, progress) with { Status = RunStatus.Failed, Fault = "Internal error. See the log entry for this run id." };
        }
    }

    private RunDocument WithProgress(RunDocument run, RunProgress progress)
    {
        var (done, total) = progress.Current;
        return run with { Done = done, Total = total, Phase = progress.Phase, UpdatedAt = Now() };
    }

    private Timestamp Now() => Timestamp.From(time.GetUtcNow());

    [LoggerMessage(EventIds.RunFailed, LogLevel.Error, "The {Kind} run {Run} failed")]
    private partial void LogFailed(string kind, Guid run, Exception exception);

    [LoggerMessage(EventIds.RunRestarted, LogLevel.Warning, "The {Kind} run {Run} starts again, because the store failed: {Fault}")]
    private partial void LogRestarted(string kind, Guid run, string fault);

    [LoggerMessage(EventIds.RunStoreUnavailable, LogLevel.Error, "Runs of kind {Kind} could not be read from the store or updated; retrying")]
    private partial void LogStore(string kind, Exception exception);
}
