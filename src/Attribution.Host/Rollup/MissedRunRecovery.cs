using Attribution.Storage.Jobs;
using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>Background service that runs each job once at start if it was due while no host was running.</summary>
internal sealed class MissedRunRecovery(
    IJobStore store, ISchedulerFactory schedulers, TimeProvider time,
    IEnumerable<ScheduledJob> jobs) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var scheduler = await schedulers.GetScheduler(stoppingToken);
        foreach (var job in jobs)
        {
            var cron = new CronExpression(job.Cron, TimeZoneInfo.Utc);
            if (await store.ReadLastJobRunAsync(job.Name, stoppingToken) is { } last
                && !(cron.GetNextValidTimeAfter(last.ToDateTimeOffset()) <= time.GetUtcNow()))
                continue;
            await scheduler.TriggerJob(new JobKey(job.Name), stoppingToken);
        }
    }
}
