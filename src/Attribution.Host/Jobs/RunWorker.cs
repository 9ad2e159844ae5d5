using System.Collections.Immutable;
using Attribution.Core.Values;
using Attribution.Host.Observability;
using Attribution.Storage.Runs;

namespace Attribution.Host.Jobs;

/// <summary>A kind of run: its name in the store, and the work.</summary>
internal interface IBackgroundRun
{
    /// <summary>The name, which addresses it: <c>what-if</c>.</summary>
    string Name { get; }

    /// <summary>How often a run is begun, or gone on with, before it is given up.</summary>
    int MaxAttempts => 3;

    /// <summary>Does the work from its beginning, or goes on with what an attempt before left, and answers JSON.</summary>
    /// <param name="run">The run, with what was asked for.</param>
    /// <param name="progress">To be told of how much is done, as often as one likes, from one thread at a time.</param>
    /// <param name="cancellation">The host stops, or another has taken the run.</param>
    /// <exception cref="RunRefusedException">The work cannot be done; whoever asked is told why.</exception>
    Task<byte[]> RunAsync(RunDocument run, RunProgress progress, CancellationToken cancellation);
}

/// <summary>How much of a run is done. Written by the work, read by whoever keeps it.</summary>
internal sealed class RunProgress
{
    private long done;
    private long total;
    private volatile string? phase;

    /// <summary>What the work is at, in a word or two; null where it has no phases.</summary>
    public string? Phase
    {
        get => phase;
        set => phase = value;
    }

    /// <summary>So much of so much is done.</summary>
    public void Report(long nowDone, long ofTotal)
    {
        Interlocked.Exchange(ref total, ofTotal);
        Interlocked.Exchange(ref done, nowDone);
    }

    /// <summary>So much of so much is done.</summary>
    public (long Done, long Total) Current => (Interlocked.Read(ref done), Interlocked.Read(ref total));
}

/// <summary>A run cannot be done. The message is for whoever asked.</summary>
internal sealed class RunRefusedException(string message) : Exception(message);

/// <summary>
/// Does the runs of a kind, one at a time, by whichever process takes one first. Progress is kept each second; a run that was not heard of
/// for half a minute was left by a process that ended, and is begun again from its beginning. A host that stops gives its run back.
/// </summary>
internal sealed partial class RunWorker<TKind>(TKind kind, IRunStore store, TimeProvider time, ILogger<RunWorker<TKind>> logger) : BackgroundService
    where TKind : IBackgroundRun
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await RunNextAsync(stoppingToken)) await Task.Delay(PollInterval, time, stoppingToken);
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

    /// <summary>Does one run, if there is one.</summary>
    /// <returns>Whether there was.</returns>
    public async Task<bool> RunNextAsync(CancellationToken stopping)
    {
        var now = Now();
        if (await store.ClaimRunAsync(kind.Name, now - AbandonedAfter, now, stopping) is not { } run) return false;
        if (run.Attempt > kind.MaxAttempts)
        {
            await store.UpdateRunAsync(run with { Status = RunStatus.Failed, Fault = $"Begun {kind.MaxAttempts} times, and each time the process ended in the middle of it." }, stopping);
            return true;
        }

        var progress = new RunProgress();
        using var mayGoOn = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var work = kind.RunAsync(run, progress, mayGoOn.Token);
        while (await Task.WhenAny(work, Task.Delay(ProgressInterval, time, CancellationToken.None)) != work)
        {
            // Another has taken it for dead: this one is not to end it twice.
            if (!mayGoOn.IsCancellationRequested && !await store.UpdateRunAsync(WithProgress(run, progress), CancellationToken.None)) await mayGoOn.CancelAsync();
        }

        var ended = await CompleteAsync(run, progress, work, stopping);
        if (ended is not null) await store.UpdateRunAsync(ended, CancellationToken.None);
        return true;
    }

    private async Task<RunDocument?> CompleteAsync(RunDocument run, RunProgress progress, Task<byte[]> work, CancellationToken stopping)
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
            return stopping.IsCancellationRequested ? WithProgress(run, progress) with { Status = RunStatus.Queued } : null;
        }
        catch (Exception e)
        {
            LogFailed(kind.Name, run.Id, e);
            return WithProgress(run, progress) with { Status = RunStatus.Failed, Fault = "The fault is ours, and logged under the run's id." };
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

    [LoggerMessage(EventIds.RunStoreUnavailable, LogLevel.Error, "The store could not be asked for {Kind} runs; trying again")]
    private partial void LogStore(string kind, Exception exception);
}
