using Attribution.Core.Catalog;

namespace Attribution.Storage.Catalog;

/// <summary>The catalog: small, read whole, written rarely.</summary>
public interface ICatalogStore
{
    /// <summary>The current version: 0 before the first write.</summary>
    ValueTask<long> ReadCatalogVersionAsync(CancellationToken cancellation);

    /// <summary>All items as of one moment. The brand <c>default</c> is there from the start.</summary>
    ValueTask<CatalogContents> LoadCatalogAsync(CancellationToken cancellation);

    /// <summary>
    /// Writes all of the change in one transaction and raises the version by one, or nothing: where the version is no longer the one
    /// expected, an item to delete has matched an event by now, or a fit that is not the brand's first would begin on a day that is closed by
    /// now. The caller then starts again from the load.
    /// </summary>
    /// <returns>Whether it was written.</returns>
    ValueTask<bool> WriteChangeAsync(CatalogChange change, CancellationToken cancellation);

    /// <summary>What was written to an item, newest first: at most <paramref name="limit"/>, those before <paramref name="before"/> (null: from the newest).</summary>
    ValueTask<IReadOnlyList<CatalogHistoryEntry>> ReadHistoryAsync(CatalogRef item, long? before, int limit, CancellationToken cancellation);
}
