using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Payouts;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Storage.Payouts;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Rollup;

/// <summary>
/// Settlement of agreements per period. For each agreement whose accruals changed it computes the adjustments with
/// <see cref="PeriodAdjustments"/> and books the difference to the booked ones. It settles all agreements at start, and
/// whenever the catalog or a brand's local day has changed. Not thread-safe. Two processes at once only waste work,
/// because a booking states the revision that it is based on.
/// </summary>
internal sealed class PeriodSettlement(IAgreementStore store, CatalogCache catalogs, TimeProvider time)
{
    private const int BatchSize = 256;
    private (long Version, ImmutableArray<DateOnly> Days) lastFullPass = (-1, []);

    /// <summary>Settles all agreements that need it.</summary>
    /// <param name="cancellation">Stops between two agreements.</param>
    /// <returns>The number of agreements whose adjustments changed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var catalog = await catalogs.RefreshAsync(cancellation);
        var now = Timestamp.From(time.GetUtcNow());
        var periodic = catalog.Agreements.Where(agreement => agreement.PeriodTerms is not null).ToList();
        var brands = periodic.Select(agreement => agreement.Brand).Distinct().Order(StringComparer.Ordinal);
        ImmutableArray<DateOnly> days = [.. brands.Select(brand => Today(catalog, brand, now))];
        var (changed, faults) = (0, new Dictionary<AgreementKey, Exception>());
        if (lastFullPass.Version != catalog.Version || !lastFullPass.Days.SequenceEqual(days))
        {
            var all = periodic.Select(agreement => new AgreementKey(agreement.Brand, agreement.Id)).ToHashSet();
            all.UnionWith(await store.ListAgreementsAsync(cancellation));
            foreach (var key in all)
                if (await TrySettleAsync(key, catalog, now, faults, cancellation) is not { } booked) return changed;
                else if (booked) changed++;
            lastFullPass = (catalog.Version, days);
        }

        while (await store.FindUnsettledAgreementsAsync(BatchSize, cancellation) is { Count: > 0 } batch
            && batch.Any(key => !faults.ContainsKey(key)))
            foreach (var key in batch)
                if (await TrySettleAsync(key, catalog, now, faults, cancellation) is not { } booked) return changed;
                else if (booked) changed++;
        if (faults.Count == 0) return changed;
        var descriptions = faults.Select(fault =>
            $"Agreement '{fault.Key.Agreement}' of brand '{fault.Key.Brand}' cannot be settled: {fault.Value.Message}");
        throw new InvalidDataException($"{string.Join("; ", descriptions)}; all others were.", faults.Values.First());
    }

    /// <summary>
    /// Settles one agreement as <see cref="SettleAsync"/> does. A fault of its data is collected, so that it does not
    /// keep the other agreements from being settled.
    /// </summary>
    private async Task<bool?> TrySettleAsync(
        AgreementKey key, CatalogSnapshot catalog, Timestamp now, Dictionary<AgreementKey, Exception> faults,
        CancellationToken cancellation)
    {
        if (faults.ContainsKey(key)) return false;
        try
        {
            return await SettleAsync(key, catalog, now, cancellation);
        }
        catch (Exception e) when (BrandFaults.IsDataFault(e))
        {
            faults.Add(key, e);
            return false;
        }
    }

    /// <summary>
    /// Settles one agreement. Returns true if its adjustments changed; null if another process has changed it
    /// meanwhile, so that the caller must try again later.
    /// </summary>
    private async Task<bool?> SettleAsync(
        AgreementKey key, CatalogSnapshot catalog, Timestamp now, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var state = await store.ReadAgreementAsync(key, cancellation);
        List<BookedAdjustment> adjustments = catalog.FindAgreement(key.Agreement) is { } agreement
            && agreement.Brand == key.Brand
            ?
            [
                .. PeriodAdjustments.Calculate(agreement, state.Accruals, Today(catalog, key.Brand, now))
                    .Select(line => new BookedAdjustment(key.Brand, key.Agreement, agreement.Placement, line)),
            ]
            : [];
        var lines = AdjustmentLines.Between(state.Adjustments, adjustments, now).ToList();
        if (lines.Count == 0 && state.Revision == state.SettledRevision) return false;
        var deltas = new MeasureSums();
        foreach (var line in adjustments) deltas.Add(line, 1);
        foreach (var line in state.Adjustments) deltas.Add(line, -1);
        var change = new SettlementCommit
        {
            ReadState = state, CatalogVersion = catalog.Version, Adjustments = adjustments, Ledger = lines,
            Deltas = deltas.DropZeros(), At = now,
        };
        return await store.CommitSettlementAsync(change, cancellation) ? lines.Count > 0 : null;
    }

    private static DateOnly Today(CatalogSnapshot catalog, string brand, Timestamp now) =>
        catalog.FindBrand(brand)!.Calendar.DayOf(now);
}
