using System.Text.Json;
using Attribution.Contracts.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Payouts;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Jobs;
using Attribution.Host.Observability;
using Attribution.Storage.Jobs;
using Attribution.Storage.Journeys;
using Attribution.Storage.Payouts;
using Attribution.Storage.Rollups;
using Attribution.Storage.Runs;

namespace Attribution.Host.Rollup;

/// <summary>
/// Reconciliation of the rollups. It compares, as of one instant, the measures of all journeys, costs and booked
/// adjustments with the rollups, the unmatched names and the waiting deltas; the accruals of agreements with those of
/// the journeys; and the stored sums of the rollups with the rollups. Each difference is reported, counted and repaired
/// by a delta of its own. The expected number of differences is 0.
/// </summary>
internal sealed partial class ReconcileRun(
    IReconciliationStore store, IJobStore jobs, IJourneyStore journeys, IAgreementStore agreements, CatalogCache catalogs,
    TimeProvider time, RollupMetrics meter, DataLossLog losses, ILogger<ReconcileRun> logger) : IBackgroundRun
{
    /// <summary>Maximum number of cells that a result lists; all are logged.</summary>
    private const int MaxListedCells = 1_000;

    /// <inheritdoc/>
    public string Name => RunNames.Reconcile;

    /// <inheritdoc/>
    public async Task<byte[]> RunAsync(RunDocument run, RunProgress progress, CancellationToken cancellation)
    {
        var faults = new BrandFaults();
        var (difference, generation, accruals) = await CompareAsync(faults, progress, cancellation);
        foreach (var (key, _) in difference.Cells) LogMismatch(key.Brand, key.Day, key.Campaign, key.Creator);
        if (difference.Cells.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            // Has no effect if a rebuild has replaced the rollups meanwhile (another generation).
            await store.AppendCorrectionAsync(difference, generation, Timestamp.From(time.GetUtcNow()), cancellation);
        }

        foreach (var (state, expected) in accruals)
        {
            LogAccruals(state.Key.Brand, state.Key.Agreement);
            await agreements.ReplaceAccrualsAsync(state, expected, cancellation);
        }

        var sums = await store.RepairSumsAsync(faults, cancellation);
        if (sums > 0) LogSums(sums);
        var mismatches = difference.Cells.Count + accruals.Count + sums;
        if (mismatches > 0) meter.RecordMismatches(mismatches);
        await jobs.RecordJobRunAsync(Name, Timestamp.From(time.GetUtcNow()), cancellation);
        LogDone(mismatches);
        var lost = losses.Read();
        foreach (var loss in lost) LogLost(loss.Detail);
        foreach (var (brand, fault) in faults.ByBrand) LogFault(fault, brand);
        if (faults.ByBrand.Count > 0)
            throw new RunRefusedException(
                $"Brands that could not be reconciled: {string.Join(", ", faults.ByBrand.Keys.Order(StringComparer.Ordinal))}. "
                + $"All others were; differing cells: {mismatches}. See the log entries for this run id.");
        return WriteResult(difference, [.. accruals.Select(differing => differing.State.Key)], sums, lost);
    }

    /// <summary>
    /// Returns the measures of journeys and costs minus those of rollups and waiting deltas, empty if they are equal;
    /// and the agreements whose accruals differ. Leaves out brands with faults.
    /// </summary>
    private async Task<(MeasureSums Difference, long Generation, List<(AgreementState State, List<PeriodAccrual> Expected)> Accruals)> CompareAsync(
        BrandFaults faults, RunProgress progress, CancellationToken cancellation)
    {
        while (true)
        {
            var total = await journeys.CountStaleAsync(long.MaxValue, cancellation);
            var before = await LoadAgreementsAsync(faults, cancellation);
            var (expected, accruals, done) = (
                new MeasureSums(), new Dictionary<AgreementKey, List<PeriodAccrual>>(), 0L);
            // Measures that an earlier build did not store are added when the journey is evaluated again.
            var (moved, unstored) = ((await catalogs.RefreshAsync(cancellation)).Contents.PlacementSharesVersion, new MeasureSums());
            var (actual, version, generation) = await store.ReadForReconciliationAsync(
                journey =>
                {
                    expected.Add(journey, 1);
                    if (journey.CatalogVersion < moved) unstored.AddUnstoredMeasures(journey);
                    foreach (var accrual in PeriodAccrual.FromJourney(journey))
                    {
                        var key = new AgreementKey(accrual.Brand, accrual.Agreement);
                        if (!accruals.TryGetValue(key, out var ofAgreement)) accruals.Add(key, ofAgreement = []);
                        ofAgreement.Add(accrual);
                    }

                    progress.Report(++done, Math.Max(done, total));
                },
                faults, cancellation);
            var catalog = await catalogs.RefreshAsync(cancellation);
            if (catalog.Version != version) continue;
            foreach (var costs in catalog.Items<CostItem>().GroupBy(cost => catalog.FindCampaign(cost.CampaignId)!.Brand))
                faults.Try(costs.Key, () => expected.Add(CostMeasures.Calculate(catalog, costs)));
            expected.Add(unstored, -1);
            expected.Add(actual, -1);
            var differing = await FindDifferingAsync(before, accruals, faults, cancellation);
            foreach (var (key, _) in expected.Cells)
                if (faults.ByBrand.ContainsKey(key.Brand)) expected.Remove(key);
            return (expected.DropZeros(), generation, differing);
        }
    }

    private async Task<Dictionary<AgreementKey, AgreementState>> LoadAgreementsAsync(
        BrandFaults faults, CancellationToken cancellation)
    {
        var states = new Dictionary<AgreementKey, AgreementState>();
        foreach (var key in await agreements.ListAgreementsAsync(cancellation))
            await faults.TryAsync(
                key.Brand, async () => states.Add(key, await agreements.ReadAgreementAsync(key, cancellation)));
        return states;
    }

    /// <summary>
    /// Returns the agreements whose accruals differ from those of the journeys. Leaves out agreements that changed
    /// while the journeys were read.
    /// </summary>
    private async Task<List<(AgreementState, List<PeriodAccrual>)>> FindDifferingAsync(
        Dictionary<AgreementKey, AgreementState> before, Dictionary<AgreementKey,
        List<PeriodAccrual>> expectedByAgreement,
        BrandFaults faults, CancellationToken cancellation)
    {
        var differing = new List<(AgreementState, List<PeriodAccrual>)>();
        foreach (var key in before.Keys.Union(expectedByAgreement.Keys))
        {
            if (faults.ByBrand.ContainsKey(key.Brand)) continue;
            var expected = expectedByAgreement.GetValueOrDefault(key) ?? [];
            var ordered = expected.OrderBy(accrual => accrual.Key, StringComparer.Ordinal);
            if (before.TryGetValue(key, out var known) && ordered.SequenceEqual(known.Accruals)) continue;
            var state = await agreements.ReadAgreementAsync(key, cancellation);
            if (state.Revision == (known?.Revision ?? 0)) differing.Add((state, expected));
        }

        return differing;
    }

    private static byte[] WriteResult(MeasureSums difference, List<AgreementKey> agreements, int sums, IReadOnlyList<DataLoss> lost)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteNumber("mismatches", difference.Cells.Count + agreements.Count + sums);
            json.WriteStartArray("repaired");
            var cells = difference.Cells.OrderBy(cell => cell.Key.Brand, StringComparer.Ordinal).ThenBy(cell => cell.Key.Day);
            foreach (var (key, _) in cells.Take(MaxListedCells))
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
            if (lost.Count > 0)
            {
                json.WriteStartArray("lost");
                foreach (var loss in lost) json.WriteStringValue(loss.Detail);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        return body.ToArray();
    }

    [LoggerMessage(
        EventIds.RollupMismatch, LogLevel.Error,
        "Rollup of brand {Brand}, day {Day}, campaign '{Campaign}', creator '{Creator}' did not equal its journeys; repaired")]
    private partial void LogMismatch(string brand, DateOnly day, string campaign, string creator);

    [LoggerMessage(EventIds.AccrualMismatch, LogLevel.Error,
        "Accruals of agreement {Agreement} of brand {Brand} did not equal the journeys; repaired and settled again")]
    private partial void LogAccruals(string brand, string agreement);

    [LoggerMessage(EventIds.StoredSumMismatch, LogLevel.Error, "Stored sums that did not equal the rollups: {Sums}; repaired")]
    private partial void LogSums(int sums);

    [LoggerMessage(EventIds.ReconciliationFault, LogLevel.Error, "Brand {Brand} could not be reconciled; all other brands were")]
    private partial void LogFault(Exception fault, string brand);

    [LoggerMessage(EventIds.ReconciliationIncomplete, LogLevel.Error, "Rollups and journeys agree on what is stored, but data is missing: {Detail}")]
    private partial void LogLost(string detail);

    [LoggerMessage(EventIds.ReconciliationCompleted, LogLevel.Information, "Reconciliation complete; differing cells: {Mismatches}")]
    private partial void LogDone(int mismatches);
}
