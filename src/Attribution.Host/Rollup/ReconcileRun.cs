using System.Text.Json;
using Attribution.Core.Costs;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Hosting.Runs;
using Attribution.Storage;

namespace Attribution.Host.Rollup;

/// <summary>
/// Adds up the measures of every journey and cost and compares them with the rollups, the unmatched names and what waits to be folded, all
/// as of one moment. What differs is reported, counted, and put right by a delta of its own; the expected number is 0.
/// </summary>
public sealed partial class ReconcileRun(
    IRollupStore store, IJourneyStore journeys, CatalogSource catalogs, TimeProvider time, RollupMeter meter, ILogger<ReconcileRun> logger) : IRunKind
{
    /// <summary>Most cells that an answer names; all are logged.</summary>
    private const int MostNamed = 1_000;

    /// <inheritdoc/>
    public string Name => RunNames.Reconcile;

    /// <inheritdoc/>
    public async Task<byte[]> RunAsync(RunDocument run, RunProgress progress, CancellationToken cancellation)
    {
        var (difference, generation) = await CompareAsync(progress, cancellation);
        foreach (var (key, _) in difference.Cells) LogMismatch(key.Brand, key.Day, key.Campaign, key.Creator);
        if (difference.Cells.Count > 0)
        {
            meter.Mismatched(difference.Cells.Count);
            cancellation.ThrowIfCancellationRequested();
            // A rebuild in between has put it right.
            await store.RepairAsync(difference, generation, Timestamp.From(time.GetUtcNow()), cancellation);
        }

        await store.RanAsync(Name, Timestamp.From(time.GetUtcNow()), cancellation);
        LogDone(difference.Cells.Count);
        return Answer(difference);
    }

    /// <summary>What journeys and costs come to, less what the rollups and waiting deltas say; empty when they agree.</summary>
    private async Task<(MeasureSums Difference, long Generation)> CompareAsync(RunProgress progress, CancellationToken cancellation)
    {
        while (true)
        {
            var total = await journeys.CountStaleAsync(long.MaxValue, cancellation);
            var (expected, done) = (new MeasureSums(), 0L);
            var (actual, version, generation) = await store.AuditAsync(
                journey =>
                {
                    expected.Add(journey, 1);
                    progress.Report(++done, Math.Max(done, total));
                },
                cancellation);
            var catalog = await catalogs.RefreshAsync(cancellation);
            if (catalog.Version != version) continue;
            expected.Add(CostMeasures.Of(catalog));
            expected.Add(actual, -1);
            return (expected.DropZeros(), generation);
        }
    }

    private static byte[] Answer(MeasureSums difference)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteNumber("mismatches", difference.Cells.Count);
            json.WriteStartArray("repaired");
            foreach (var (key, _) in difference.Cells.OrderBy(cell => cell.Key.Brand, StringComparer.Ordinal).ThenBy(cell => cell.Key.Day).Take(MostNamed))
            {
                json.WriteStartObject();
                json.WriteString("brandId", key.Brand);
                json.WriteString("day", key.Day.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
                json.WriteString("campaignId", key.Campaign);
                json.WriteString("creatorId", key.Creator);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return body.ToArray();
    }

    [LoggerMessage(3001, LogLevel.Error, "Rollup of brand {Brand}, day {Day}, campaign '{Campaign}', creator '{Creator}' did not equal its journeys; repaired")]
    private partial void LogMismatch(string brand, DateOnly day, string campaign, string creator);

    [LoggerMessage(3002, LogLevel.Information, "Reconciled: {Mismatches} cells differed")]
    private partial void LogDone(int mismatches);
}
