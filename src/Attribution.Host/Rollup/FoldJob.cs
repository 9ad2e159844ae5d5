using Attribution.Core.Values;
using Attribution.Host.Observability;
using Attribution.Storage.Rollups;
using Microsoft.Extensions.Options;
using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>Job that folds all waiting deltas into the daily rollups.</summary>
[DisallowConcurrentExecution]
internal sealed class FoldJob(
    IRollupStore store, RollupLease lease, TimeProvider time, RollupMetrics meter,
    IOptions<RollupOptions> options) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var (waiting, oldest) = await store.ReadBacklogAsync(cancellationToken);
        meter.RecordBacklog(waiting, oldest is { } since ? time.GetUtcNow() - since.ToDateTimeOffset() : TimeSpan.Zero);
        if (waiting == 0) return;
        using var span = Telemetry.Source.StartActivity("fold");
        while (await lease.TryAcquireAsync(cancellationToken)
            && await store.FoldAsync(options.Value.DeltasPerFold, Now, cancellationToken) is var folded and > 0)
            meter.RecordFolded(folded);

        Timestamp Now() => Timestamp.From(time.GetUtcNow());
    }
}
