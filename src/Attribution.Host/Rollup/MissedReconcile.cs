using Attribution.Storage;
using Microsoft.Extensions.Options;
using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>Makes up at start for a nightly run that came and went while no host was up.</summary>
public sealed class MissedReconcile(IRollupStore store, ISchedulerFactory schedulers, TimeProvider time, IOptions<RollupOptions> options) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var last = await store.LastRunAsync(ReconcileJob.Name, stoppingToken);
        var cron = new CronExpression(options.Value.ReconcileAt, TimeZoneInfo.Utc);
        if (last is { } ran && !(cron.GetNextValidTimeAfter(ran.ToDateTimeOffset()) <= time.GetUtcNow())) return;
        var scheduler = await schedulers.GetScheduler(stoppingToken);
        await scheduler.TriggerJob(new JobKey(ReconcileJob.Name), stoppingToken);
    }
}
