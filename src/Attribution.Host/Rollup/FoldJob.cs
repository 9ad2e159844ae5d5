using Attribution.Core.Values;
using Attribution.Host.Observability;
using Attribution.Storage.Rollups;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Rollup;

/// <summary>Job that folds all waiting deltas into the daily rollups.</summary>
internal sealed class FoldJob(
    IRollupStore store, RollupLease lease, TimeProvider time, RollupMetrics meter,
    IOptions<RollupOptions> options) : IRepeatingJob
{
    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var (waiting, oldest) = await store.ReadBacklogAsync(cancellation);
        meter.RecordBacklog(waiting, FindAge(oldest));
        if (waiting == 0) return;
        using var span = Telemetry.Source.StartActivity("fold");
        while (await lease.TryAcquireAsync(cancellation)
            && await store.FoldAsync(options.Value.DeltasPerFold, Now, cancellation) is var folded and > 0)
            meter.RecordFolded(folded);

        Timestamp Now() => Timestamp.From(time.GetUtcNow());
    }

    /// <summary>Returns the age of the oldest delta; 0 if none waits, or if a clock that was ahead wrote it.</summary>
    private TimeSpan FindAge(Timestamp? oldest) =>
        oldest is { } since && Timestamp.From(time.GetUtcNow()) is var now && since < now ? now - since : TimeSpan.Zero;
}
