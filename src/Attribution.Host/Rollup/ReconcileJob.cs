using Attribution.Core.Costs;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Storage;
using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>
/// Adds up the measures of every journey and cost and compares them with the rollups and what waits to be folded, all as of one moment.
/// What differs is reported, counted, and put right by a delta of its own; the expected number is 0.
/// </summary>
[DisallowConcurrentExecution]
public sealed partial class ReconcileJob(
    IRollupStore store, RollupLease lease, CatalogSource catalogs, TimeProvider time, RollupMeter meter, IHostApplicationLifetime host, ILogger<ReconcileJob> logger) : IJob
{
    /// <summary>The job's name in the store's last runs.</summary>
    public const string Name = "reconcile";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        // The night's run is one process's; should that be killed over it, it is another's, which waits for the lease until then.
        var due = Timestamp.From(context.ScheduledFireTimeUtc ?? context.FireTimeUtc);
        while (!host.ApplicationStopping.IsCancellationRequested && !(await store.LastRunAsync(Name, cancellationToken) >= due))
        {
            if (await lease.HoldsAsync(cancellationToken)) await ReconcileAsync(cancellationToken);
            else await Task.Delay(Pause, time, host.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Compares, repairs, notes that it was done.</summary>
    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        var difference = await CompareAsync(cancellationToken);
        foreach (var (key, _) in difference.Cells) LogMismatch(key.Brand, key.Day, key.Campaign, key.Creator);
        if (difference.Cells.Count > 0)
        {
            meter.Mismatched(difference.Cells.Count);
            await store.RepairAsync(difference, Timestamp.From(time.GetUtcNow()), cancellationToken);
        }

        await store.RanAsync(Name, Timestamp.From(time.GetUtcNow()), cancellationToken);
        LogDone(difference.Cells.Count);
    }

    /// <summary>What journeys and costs come to, less what the rollups and waiting deltas say; empty when they agree.</summary>
    private async Task<MeasureSums> CompareAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var expected = new MeasureSums();
            var (actual, version) = await store.AuditAsync(journey => expected.Add(journey, 1), cancellation);
            var catalog = await catalogs.RefreshAsync(cancellation);
            if (catalog.Version != version) continue;
            expected.Add(CostMeasures.Of(catalog));
            expected.Add(actual, -1);
            return expected.DropZeros();
        }
    }

    [LoggerMessage(3001, LogLevel.Error, "Rollup of brand {Brand}, day {Day}, campaign '{Campaign}', creator '{Creator}' did not equal its journeys; repaired")]
    private partial void LogMismatch(string brand, DateOnly day, string campaign, string creator);

    [LoggerMessage(3002, LogLevel.Information, "Reconciled: {Mismatches} cells differed")]
    private partial void LogDone(int mismatches);
}
