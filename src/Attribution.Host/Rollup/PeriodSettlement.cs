using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Payouts;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Storage.Payouts;

namespace Attribution.Host.Rollup;

/// <summary>
/// Books what agreements reckon over many conversions: takes each agreement whose accruals changed, has <see cref="PeriodAdjustments"/> say what is
/// right, and appends the difference to what is booked. Whenever the catalog or a brand's day is another than last time, and at start, it looks
/// at all agreements. Not thread-safe; two processes at once cost work and change nothing, for a booking names the one it was reckoned after.
/// </summary>
internal sealed class PeriodSettlement(IAgreementStore store, CatalogCache catalogs, TimeProvider time)
{
    private const int BatchSize = 256;
    private (long Version, ImmutableArray<DateOnly> Days) lastFullPass = (-1, []);

    /// <summary>Reckons what there is to reckon.</summary>
    /// <param name="cancellation">Stops between two agreements.</param>
    /// <returns>How many agreements have other adjustments now.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var catalog = await catalogs.RefreshAsync(cancellation);
        var now = Timestamp.From(time.GetUtcNow());
        var paying = catalog.Agreements.Where(agreement => agreement.PeriodTerms is not null).ToList();
        ImmutableArray<DateOnly> days = [.. paying.Select(agreement => agreement.Brand).Distinct().Order(StringComparer.Ordinal).Select(brand => Today(catalog, brand, now))];
        var changed = 0;
        if (lastFullPass.Version != catalog.Version || !lastFullPass.Days.SequenceEqual(days))
        {
            var all = paying.Select(agreement => new AgreementKey(agreement.Brand, agreement.Id)).ToHashSet();
            all.UnionWith(await store.ListAgreementsAsync(cancellation));
            foreach (var key in all)
                if (await SettleAsync(key, catalog, now, cancellation) is not { } booked) return changed;
                else if (booked) changed++;
            lastFullPass = (catalog.Version, days);
        }

        while (await store.FindUnsettledAgreementsAsync(BatchSize, cancellation) is { Count: > 0 } some)
            foreach (var key in some)
                if (await SettleAsync(key, catalog, now, cancellation) is not { } booked) return changed;
                else if (booked) changed++;
        return changed;
    }

    /// <summary>Whether it has other adjustments now; null: somebody else was faster, so begin again later.</summary>
    private async Task<bool?> SettleAsync(AgreementKey key, CatalogSnapshot catalog, Timestamp now, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var book = await store.ReadAgreementAsync(key, cancellation);
        List<BookedAdjustment> right = catalog.FindAgreement(key.Agreement) is { } agreement && agreement.Brand == key.Brand
            ? [.. PeriodAdjustments.Calculate(agreement, book.Accruals, Today(catalog, key.Brand, now)).Select(line => new BookedAdjustment(key.Brand, key.Agreement, agreement.Placement, line))]
            : [];
        var lines = AdjustmentLines.Between(book.Adjustments, right, now).ToList();
        if (lines.Count == 0 && book.Revision == book.SettledRevision) return false;
        var deltas = new MeasureSums();
        foreach (var line in right) deltas.Add(line, 1);
        foreach (var line in book.Adjustments) deltas.Add(line, -1);
        var change = new SettlementCommit { ReadState = book, CatalogVersion = catalog.Version, Adjustments = right, Ledger = lines, Deltas = deltas.DropZeros(), At = now };
        return await store.CommitSettlementAsync(change, cancellation) ? lines.Count > 0 : null;
    }

    private static DateOnly Today(CatalogSnapshot catalog, string brand, Timestamp now) => catalog.FindBrand(brand)!.Calendar.DayOf(now);
}
