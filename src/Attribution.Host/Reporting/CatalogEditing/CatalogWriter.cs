using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Storage.Catalog;
using Attribution.Storage.Rollups;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>
/// The writer of the catalog. It reads the current catalog, lets the caller decide the edit, writes it together with
/// the deltas of the costs' measures, and starts again if another write came first. It returns when the write is in the
/// store and in the snapshot of this process. Events posted afterwards are matched with it in every process, because a
/// commit names the catalog it was evaluated with.
/// </summary>
internal sealed partial class CatalogWriter(
    CatalogCache source, ICatalogStore store, IRollupStore rollups, TimeProvider time, CustomerKeyHasher keys,
    IOptions<AcceptanceOptions> acceptance, ILogger<CatalogWriter> logger)
{
    /// <summary>
    /// Returns the first day whose exchange rates can matter: that of the oldest event that is accepted today, or of
    /// the oldest cost, less the greatest age of a rate.
    /// </summary>
    public DateOnly FindFirstRateDay()
    {
        var oldestEvent = DateOnly.FromDateTime((time.GetUtcNow() - acceptance.Value.Horizon).UtcDateTime);
        var oldestCost = source.Current.Items<CostItem>().Min(cost => cost.On ?? cost.From);
        var oldest = oldestCost < oldestEvent ? oldestCost.Value : oldestEvent;
        return oldest.AddDays(-Math.Min(oldest.DayNumber, BrandSettings.MaxRateMaxAgeDays + 1));
    }

    /// <summary>Decides an edit and writes its changes.</summary>
    /// <param name="caller">The caller, who may be restricted to items of one brand.</param>
    /// <param name="decide">
    /// Fills the edit and returns the result. May run more than once, each time with a newer catalog.
    /// </param>
    /// <param name="cancellation">Cancels before the write; a started write is completed.</param>
    /// <param name="dryRun">True to decide without writing.</param>
    public async ValueTask<T> EditAsync<T>(
        Caller caller, Func<CatalogEdit, T> decide, CancellationToken cancellation, bool dryRun = false)
    {
        var withData = new Dictionary<string, bool>(StringComparer.Ordinal);
        while (true)
        {
            // Read from the store, not from the snapshot: marks of matched items do not increase the version.
            var before = await store.LoadCatalogAsync(cancellation);
            var edit = new CatalogEdit(before, withData, caller.OnlyBrand, Timestamp.From(time.GetUtcNow()), keys);
            var answer = decide(edit);
            if (edit.UnresolvedBrands.Count > 0)
            {
                foreach (var brand in edit.UnresolvedBrands) withData[brand] = await HasDataAsync(brand, cancellation);
                continue;
            }
            if (edit.IsEmpty) return answer;

            var change = edit.ToChange(
                ) with { Deltas = ComputeCostDeltas(before, edit), By = new(caller.Name, caller.KeyId) };
            if (dryRun) return answer;
            cancellation.ThrowIfCancellationRequested();
            if (!await store.WriteChangeAsync(change, CancellationToken.None)) continue;
            await source.RefreshAsync(CancellationToken.None);
            LogWritten(change.ExpectedVersion + 1, change.Puts.Count, change.Deletes.Count);
            return answer;
        }
    }

    private static MeasureSums ComputeCostDeltas(CatalogContents before, CatalogEdit edit)
    {
        if (!edit.AffectsCosts) return new();
        try
        {
            return CostMeasures.Between(
                CatalogSnapshot.Create(before), CatalogSnapshot.Create(edit.GetContentsAfter()));
        }
        catch (OverflowException)
        {
            throw new BadHttpRequestException(
                "The costs, converted with the resulting exchange rates, are too large (64 bits of minor units). Check "
                    + "the amount, or the rate and its direction. Nothing was written.");
        }
    }

    private async ValueTask<bool> HasDataAsync(string brand, CancellationToken cancellation)
    {
        var reading = await rollups.ReadRollupsAsync(
            brand, DateOnly.MinValue, DateOnly.MaxValue, asOf: null, cancellation);
        return await reading.Cells.AnyAsync(cancellation);
    }
}
