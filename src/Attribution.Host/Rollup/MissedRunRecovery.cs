using Attribution.Storage.Jobs;
using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>A job that runs by the calendar and notes its runs in the store under its name, which is also its key.</summary>
/// <param name="Name">The job's name.</param>
/// <param name="Cron">When, in UTC.</param>
internal sealed record ScheduledJob(string Name, string Cron);

/// <summary>Makes up at start for runs that came and went while no host was up, one for each job.</summary>
internal sealed class MissedRunRecovery(IJobStore store, ISchedulerFactory schedulers, TimeProvider time, IEnumerable<ScheduledJob> jobs) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var scheduler = await schedulers.GetScheduler(stoppingToken);
        foreach (var job in jobs)
        {
            var cron = new CronExpression(job.Cron, TimeZoneInfo.Utc);
            if (await store.ReadLastJobRunAsync(job.Name, stoppingToken) is { } ran && !(cron.GetNextValidTimeAfter(ran.ToDateTimeOffset()) <= time.GetUtcNow())) continue;
            await scheduler.TriggerJob(new JobKey(job.Name), stoppingToken);
        }
    }
}
