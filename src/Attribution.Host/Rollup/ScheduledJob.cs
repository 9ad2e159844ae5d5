using Attribution.Core.Values;

namespace Attribution.Host.Rollup;

/// <summary>Job with a calendar schedule that records its runs in the store.</summary>
/// <param name="Name">Name of the job in the store.</param>
/// <param name="Cron">Quartz cron expression in UTC.</param>
/// <param name="Create">Creates the job.</param>
internal sealed record ScheduledJob(string Name, string Cron, Func<IServiceProvider, INightlyJob> Create);

/// <summary>Job that runs at start and after each interval.</summary>
/// <param name="Name">Name of the job in logs.</param>
/// <param name="Interval">Time between the beginnings of two runs, unless one takes longer.</param>
/// <param name="Create">Creates the job.</param>
internal sealed record RepeatingJob(string Name, TimeSpan Interval, Func<IServiceProvider, IRepeatingJob> Create);

/// <summary>Work of a repeating job.</summary>
internal interface IRepeatingJob
{
    /// <summary>Does the work once.</summary>
    Task RunAsync(CancellationToken cancellation);
}

/// <summary>Work of a job with a calendar schedule.</summary>
internal interface INightlyJob
{
    /// <summary>Does the work that was due at a time, unless another process has done so since then.</summary>
    Task RunAsync(Timestamp due, CancellationToken cancellation);
}
