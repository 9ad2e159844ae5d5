using Attribution.Storage.Jobs;
using System.Text.Json;
using Attribution.Core.Costs;
using Attribution.Core.Payouts;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Jobs;
using Attribution.Host.Observability;
using Attribution.Storage.Journeys;
using Attribution.Storage.Payouts;
using Attribution.Storage.Rollups;
using Attribution.Storage.Runs;

namespace Attribution.Host.Rollup;

/// <summary>
/// Adds up the measures of every journey and cost and compares them, and what agreements have booked, with the rollups, the unmatched names and
/// what waits to be folded, all as of one moment; and what agreements look at with what journeys say they should; and then the sums that the store keeps beside the rollups with these. What differs is reported, counted, and put right by a delta of its own; the expected number is 0.
/// </summary>
internal sealed partial class ReconcileRun(
    IReconciliationStore store, IJobStore jobs, IJourneyStore journeys, IAgreementStore agreements, CatalogCache catalogs, TimeProvider time,
    RollupMetrics meter, ILogger<ReconcileRun> logger) : IBackgroundRun
{
    /// <summary>Most cells that an answer names; all are logged.</summary>
    private const int MaxListedCells = 1_000;

    /// <inheritdoc/>
    public string Name => RunNames.Reconcile;

    /// <inheritdoc/>
    public async Task<byte[]> RunAsync(RunDocument run, RunProgress progress, CancellationToken cancellation)
    {
        var (difference, generation, accruals) = await CompareAsync(progress, cancellation);
        foreach (var (key, _) in difference.Cells) LogMismatch(key.Brand, key.Day, key.Campaign, key.Creator);
        if (difference.Cells.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            // A rebuild in between has put it right.
            await store.AppendCorrectionAsync(difference, generation, Timestamp.From(time.GetUtcNow()), cancellation);
        }

        foreach (var (book, right) in accruals)
        {
            LogAccruals(book.Key.Brand, book.Key.Agreement);
            await agreements.ReplaceAccrualsAsync(book, right, cancellation);
        }

        var sums = await store.RepairSumsAsync(cancellation);
        if (sums > 0) LogSums(sums);
        var mismatches = difference.Cells.Count + accruals.Count + sums;
        if (mismatches > 0) meter.RecordMismatches(mismatches);
        await jobs.RecordJobRunAsync(Name, Timestamp.From(time.GetUtcNow()), cancellation);
        LogDone(mismatches);
        return WriteResult(difference, [.. accruals.Select(one => one.Book.Key)], sums);
    }

    /// <summary>What journeys and costs come to, less what the rollups and waiting deltas say; empty when they agree. And the agreements whose accruals differ.</summary>
    private async Task<(MeasureSums Difference, long Generation, List<(AgreementState Book, List<PeriodAccrual> Right)> Accruals)> CompareAsync(
        RunProgress progress, CancellationToken cancellation)
    {
        while (true)
        {
            var total = await journeys.CountStaleAsync(long.MaxValue, cancellation);
            var before = await LoadBooksAsync(cancellation);
            var (expected, accruals, done) = (new MeasureSums(), new Dictionary<AgreementKey, List<PeriodAccrual>>(), 0L);
            var (actual, version, generation) = await store.ReadForReconciliationAsync(
                journey =>
                {
                    expected.Add(journey, 1);
                    foreach (var accrual in PeriodAccrual.FromJourney(journey))
                    {
                        var key = new AgreementKey(accrual.Brand, accrual.Agreement);
                        if (!accruals.TryGetValue(key, out var of)) accruals.Add(key, of = []);
                        of.Add(accrual);
                    }

                    progress.Report(++done, Math.Max(done, total));
                },
                cancellation);
            var catalog = await catalogs.RefreshAsync(cancellation);
            if (catalog.Version != version) continue;
            expected.Add(CostMeasures.Calculate(catalog));
            expected.Add(actual, -1);
            return (expected.DropZeros(), generation, await FindDifferingAsync(before, accruals, cancellation));
        }
    }

    private async Task<Dictionary<AgreementKey, AgreementState>> LoadBooksAsync(CancellationToken cancellation)
    {
        var books = new Dictionary<AgreementKey, AgreementState>();
        foreach (var key in await agreements.ListAgreementsAsync(cancellation)) books.Add(key, await agreements.ReadAgreementAsync(key, cancellation));
        return books;
    }

    /// <summary>Those whose accruals are not what the journeys say, though nobody wrote any between the reading before and one after.</summary>
    private async Task<List<(AgreementState, List<PeriodAccrual>)>> FindDifferingAsync(
        Dictionary<AgreementKey, AgreementState> before, Dictionary<AgreementKey, List<PeriodAccrual>> expected, CancellationToken cancellation)
    {
        var differing = new List<(AgreementState, List<PeriodAccrual>)>();
        foreach (var key in before.Keys.Union(expected.Keys))
        {
            var right = expected.GetValueOrDefault(key) ?? [];
            if (before.TryGetValue(key, out var known) && right.OrderBy(accrual => accrual.Key, StringComparer.Ordinal).SequenceEqual(known.Accruals)) continue;
            var book = await agreements.ReadAgreementAsync(key, cancellation);
            if (book.Revision == (known?.Revision ?? 0)) differing.Add((book, right));
        }

        return differing;
    }

    private static byte[] WriteResult(MeasureSums difference, List<AgreementKey> agreements, int sums)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteNumber("mismatches", difference.Cells.Count + agreements.Count + sums);
            json.WriteStartArray("repaired");
            foreach (var (key, _) in difference.Cells.OrderBy(cell => cell.Key.Brand, StringComparer.Ordinal).ThenBy(cell => cell.Key.Day).Take(MaxListedCells))
            {
                json.WriteStartObject();
                json.WriteString("brandId", key.Brand);
                json.WriteString("day", key.Day.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
                json.WriteString("campaignId", key.Campaign);
                json.WriteString("creatorId", key.Creator);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("agreements");
            foreach (var (_, agreement) in agreements.Take(MaxListedCells)) json.WriteStringValue(agreement);
            json.WriteEndArray();
            json.WriteNumber("sums", sums);
            json.WriteEndObject();
        }
        return body.ToArray();
    }

    [LoggerMessage(EventIds.RollupMismatch, LogLevel.Error, "Rollup of brand {Brand}, day {Day}, campaign '{Campaign}', creator '{Creator}' did not equal its journeys; repaired")]
    private partial void LogMismatch(string brand, DateOnly day, string campaign, string creator);

    [LoggerMessage(EventIds.AccrualMismatch, LogLevel.Error, "What agreement {Agreement} of brand {Brand} looks at did not equal the journeys; repaired, and reckoned anew")]
    private partial void LogAccruals(string brand, string agreement);

    [LoggerMessage(EventIds.StoredSumMismatch, LogLevel.Error, "{Sums} sums kept beside the rollups did not equal them; put right")]
    private partial void LogSums(int sums);

    [LoggerMessage(EventIds.ReconciliationCompleted, LogLevel.Information, "Reconciled: {Mismatches} cells differed")]
    private partial void LogDone(int mismatches);
}
