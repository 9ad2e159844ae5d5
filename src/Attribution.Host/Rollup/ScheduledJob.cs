namespace Attribution.Host.Rollup;

/// <summary>Job with a calendar schedule that records its runs in the store.</summary>
/// <param name="Name">Name of the job in the store, which is also its Quartz key.</param>
/// <param name="Cron">Quartz cron expression in UTC.</param>
internal sealed record ScheduledJob(string Name, string Cron);
