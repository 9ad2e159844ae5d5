using Attribution.Core.Values;
using Attribution.Host.Observability;
using Attribution.Storage;
using Attribution.Storage.Jobs;

namespace Attribution.Host.Rollup;

/// <summary>
/// Background service that runs the stage's jobs, each one run at a time. It waits for spans of the monotonic clock, so
/// that after a step of the wall clock no job stands still for longer than its interval. A nightly job is due when the
/// first time of its calendar after its last run has passed, also if no host was running then. A failed job is logged
/// once and tried again: a repeating job after its interval, a nightly job at the next time of its calendar.
/// </summary>
internal sealed partial class JobScheduler(
    IEnumerable<RepeatingJob> repeating, IEnumerable<ScheduledJob> scheduled, IServiceProvider services, IJobStore store,
    TimeProvider time, ILogger<JobScheduler> logger) : BackgroundService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(repeating.Select(job => RepeatAsync(job, stoppingToken))
            .Concat(scheduled.Select(job => RunNightlyAsync(job, stoppingToken))));

    private Task RepeatAsync(RepeatingJob job, CancellationToken stopping)
    {
        var work = job.Create(services);
        return RunPeriodicallyAsync(job.Name, job.Interval, () => work.RunAsync(stopping), stopping);
    }

    private Task RunNightlyAsync(ScheduledJob job, CancellationToken stopping)
    {
        var (work, calendar) = (job.Create(services), new JobCalendar(job.Cron));
        var (lastRun, lastAttempt, loggedVoid) = ((Timestamp?)null, (Timestamp?)null, (Timestamp?)null);
        return RunPeriodicallyAsync(job.Name, PollInterval, RunIfDueAsync, stopping);

        async Task RunIfDueAsync()
        {
            // The store is asked only if the job is due by what this process knows.
            if (calendar.FindDue(lastRun, lastAttempt, Now()) is null) return;
            lastRun = await store.ReadLastJobRunAsync(job.Name, stopping);
            var now = Now();
            if (lastRun is { } ahead && ahead.IsAheadOf(now) && loggedVoid != lastRun)
                LogVoid(job.Name, ahead, (loggedVoid = lastRun).Value - now);
            if (calendar.FindDue(lastRun, lastAttempt, now) is not { } due) return;
            lastAttempt = now;
            await work.RunAsync(due, stopping);
        }
    }

    private async Task RunPeriodicallyAsync(string job, TimeSpan interval, Func<Task> work, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(interval, time);
        var failing = false;
        try
        {
            do
            {
                try
                {
                    await work();
                    if (failing) LogRecovered(job);
                    failing = false;
                }
                catch (Exception e) when (!stopping.IsCancellationRequested)
                {
                    if (!failing) LogFailed(job, e);
                    failing = true;
                }
            }
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops; the job is due again at the next start.
        }
        catch (Exception e) when (stopping.IsCancellationRequested)
        {
            LogFailed(job, e);
        }
    }

    private Timestamp Now() => Timestamp.From(time.GetUtcNow());

    [LoggerMessage(EventIds.JobFailed, LogLevel.Error, "Job {Job} failed and is tried again; it is logged again when it succeeds")]
    private partial void LogFailed(string job, Exception exception);

    [LoggerMessage(EventIds.JobRecovered, LogLevel.Information, "Job {Job} succeeds again")]
    private partial void LogRecovered(string job);

    [LoggerMessage(
        EventIds.JobRunVoid, LogLevel.Warning,
        "The last run of job {Job} is recorded at {At}, {Ahead} ahead of this clock. The record is void and the job runs now: "
        + "the clock was wrong then, or is wrong now")]
    private partial void LogVoid(string job, Timestamp at, TimeSpan ahead);
}
