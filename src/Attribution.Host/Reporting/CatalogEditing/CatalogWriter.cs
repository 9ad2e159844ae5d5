using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Storage.Catalog;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>
/// Writes to the catalog: reads it anew, lets the edit be decided against it, writes it together with what the costs' measures change
/// by, and starts again when somebody else wrote meanwhile. Returns when the write is in the store and in this process's snapshot:
/// events posted afterwards are matched with it in every process, since a commit names the catalog it was evaluated with.
/// </summary>
internal sealed partial class CatalogWriter(CatalogCache source, ICatalogStore store, IRollupStore rollups, TimeProvider time, CustomerKeyHasher keys, ILogger<CatalogWriter> logger)
{
    /// <summary>Runs an edit and writes what it gathered.</summary>
    /// <param name="caller">Who asks, and whose brand's items alone may be written.</param>
    /// <param name="decide">Fills the edit and says what to answer. May run more than once, each time against a newer catalog.</param>
    /// <param name="cancellation">Stops before the write; a write that has begun is finished.</param>
    /// <param name="dryRun">Decides and writes nothing.</param>
    public async ValueTask<T> EditAsync<T>(Caller caller, Func<CatalogEdit, T> decide, CancellationToken cancellation, bool dryRun = false)
    {
        var withData = new Dictionary<string, bool>(StringComparer.Ordinal);
        while (true)
        {
            // From the store, not from the snapshot: what has matched meanwhile does not raise the version.
            var before = await store.LoadCatalogAsync(cancellation);
            var edit = new CatalogEdit(before, withData, caller.OnlyBrand, Timestamp.From(time.GetUtcNow()), keys);
            var answer = decide(edit);
            if (edit.UnresolvedBrands.Count > 0)
            {
                foreach (var brand in edit.UnresolvedBrands) withData[brand] = await HasDataAsync(brand, cancellation);
                continue;
            }
            if (edit.IsEmpty) return answer;

            var change = edit.ToChange() with { Deltas = ComputeCostDeltas(before, edit), By = new(caller.Name, caller.KeyId) };
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
            return CostMeasures.Between(CatalogSnapshot.Create(before), CatalogSnapshot.Create(edit.GetContentsAfter()));
        }
        catch (OverflowException)
        {
            throw new BadHttpRequestException("The costs, converted by the rates as they would stand, are too large to count (64 bits of minor units). Check the amount, or the rate and its direction. Nothing was written.");
        }
    }

    private async ValueTask<bool> HasDataAsync(string brand, CancellationToken cancellation)
    {
        await foreach (var _ in (await rollups.ReadRollupsAsync(brand, DateOnly.MinValue, DateOnly.MaxValue, asOf: null, cancellation)).Cells) return true;
        return false;
    }
}
