using Attribution.Core.Values;
using Attribution.Host.Jobs;
using Attribution.Storage.Jobs;
using Attribution.Storage.Runs;
using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>Asks for the nightly reconciling, which one process does; should that be killed over it, another begins it again.</summary>
[DisallowConcurrentExecution]
internal sealed class ReconcileJob(IJobStore jobs, IRunStore runs, IdGenerator ids, TimeProvider time) : IJob
{
    /// <inheritdoc/>
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        RequestAsync(Timestamp.From(context.ScheduledFireTimeUtc ?? context.FireTimeUtc), cancellationToken);

    /// <summary>Asks for what is due since an instant, unless it was done since, or waits or goes on already.</summary>
    public async ValueTask RequestAsync(Timestamp due, CancellationToken cancellation)
    {
        if (await jobs.ReadLastJobRunAsync(RunNames.Reconcile, cancellation) >= due) return;
        var now = Timestamp.From(time.GetUtcNow());
        await runs.TryAddRunAsync(
            new RunDocument { Id = ids.Next(), Kind = RunNames.Reconcile, Request = [.. "{\"by\":\"schedule\"}"u8], CreatedAt = now, UpdatedAt = now }, most: 1, cancellation);
    }
}
