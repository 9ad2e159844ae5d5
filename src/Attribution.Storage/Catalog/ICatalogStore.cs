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
    /// Returns the items and fits of an earlier version, reconstructed from the history (<see cref="CatalogReplay"/>). The set of
    /// matched items is empty. Reads the whole history up to that version.
    /// </summary>
    ValueTask<CatalogContents> LoadCatalogAtAsync(long version, CancellationToken cancellation);

    /// <summary>
    /// Writes all of the change in one transaction and raises the version by one, or nothing: where the version is no longer the one
    /// expected, an item to delete has matched an event by now, or a fit that is not the brand's first would begin on a day that is closed by
    /// now. The caller then starts again from the load.
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
