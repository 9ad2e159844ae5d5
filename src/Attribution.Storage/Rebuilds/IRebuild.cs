using Attribution.Contracts;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;

namespace Attribution.Storage.Rebuilds;

/// <summary>
/// A rebuild in progress: a scratch store that packs are committed to. Disposing it closes the scratch store, which can
/// be resumed later.
/// </summary>
public interface IRebuild : IAsyncDisposable
{
    /// <summary>
    /// Gets the store that receives the commits. It records the ids of packs, but no archived packs, ledger entries,
    /// deltas or rejections.
    /// </summary>
    IJourneyStore Journeys { get; }

    /// <summary>Gets the copy of the catalog made by <see cref="CopyCatalogAsync"/>. It must not be written.</summary>
    ICatalogStore Catalog { get; }

    /// <summary>Copies the current catalog and fits of the serving store.</summary>
    ValueTask CopyCatalogAsync(CancellationToken cancellation);

    /// <summary>
    /// Returns the next packs of the serving store that are not committed here, in the order of commit; empty if there
    /// are none.
    /// </summary>
    ValueTask<IReadOnlyList<EventPack>> ReadNextPacksAsync(CancellationToken cancellation);

    /// <summary>Counts the packs committed here, and those of the serving store.</summary>
    ValueTask<(long Done, long Total)> CountPacksAsync(CancellationToken cancellation);

    /// <summary>
    /// Takes the rebuild over in one transaction of the serving store: replays the last packs, replaces journeys and
    /// aliases, appends the ledger entries and the delta that make ledger and rollups match the rebuilt journeys, and
    /// increments the generation, so that commits planned on the old journeys are refused.
    /// </summary>
    /// <returns>The changes; null, and nothing is written, if the serving store's catalog has changed.</returns>
    ValueTask<RebuildOutcome?> SwapAsync(RebuildSwap swap, CancellationToken cancellation);
}
