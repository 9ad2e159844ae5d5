using Attribution.Core.Values;
using Attribution.Host.Jobs;
using Attribution.Storage.Jobs;
using Attribution.Storage.Runs;
using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>
/// Job that requests the nightly reconciliation. One process executes it; if that process is killed, another one starts
/// it again.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class ReconcileJob(IJobStore jobs, IRunStore runs, IdGenerator ids, TimeProvider time) : IJob
{
    /// <inheritdoc/>
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        RequestAsync(Timestamp.From(context.ScheduledFireTimeUtc ?? context.FireTimeUtc), cancellationToken);

    /// <summary>
    /// Requests the run that was due at the given time, unless it was done since then or is queued or running.
    /// </summary>
    public async ValueTask RequestAsync(Timestamp due, CancellationToken cancellation)
    {
        if (await jobs.ReadLastJobRunAsync(RunNames.Reconcile, cancellation) >= due) return;
        var now = Timestamp.From(time.GetUtcNow());
        await runs.TryAddRunAsync(
            new RunDocument
            {
                Id = ids.Next(), Kind = RunNames.Reconcile, Request = [.. "{\"by\":\"schedule\"}"u8], CreatedAt = now,
                UpdatedAt = now,
            },
            most: 1, cancellation);
    }
}
