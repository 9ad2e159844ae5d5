using Attribution.Core.Catalog;

namespace Attribution.Storage.Catalog;

/// <summary>The catalog: small, read as a whole and rarely written.</summary>
public interface ICatalogStore
{
    /// <summary>Returns the current version; 0 before the first write.</summary>
    ValueTask<long> ReadCatalogVersionAsync(CancellationToken cancellation);

    /// <summary>Reads all items as of one moment. The brand <c>default</c> always exists.</summary>
    ValueTask<CatalogContents> LoadCatalogAsync(CancellationToken cancellation);

    /// <summary>
    /// Writes the whole change in one transaction and increments the version. Nothing is written if the version is not
    /// the expected one, an item to delete has matched an event, or a fit other than the brand's first would begin on a
    /// closed day; the caller then starts again from the load.
    /// </summary>
    /// <returns>True if the change was written.</returns>
    ValueTask<bool> WriteChangeAsync(CatalogChange change, CancellationToken cancellation);

    /// <summary>
    /// Returns at most <paramref name="limit"/> writes to an item, newest first, that precede <paramref name="before"/>
    /// (null starts with the newest).
    /// </summary>
    ValueTask<IReadOnlyList<CatalogHistoryEntry>> ReadHistoryAsync(
        CatalogRef item, long? before, int limit, CancellationToken cancellation);
}
