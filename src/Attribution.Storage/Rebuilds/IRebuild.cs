using Attribution.Contracts;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;

namespace Attribution.Storage.Rebuilds;

/// <summary>A rebuild under way: a store to commit packs to, as to the one that serves. Disposing closes it and keeps it for later.</summary>
public interface IRebuild : IAsyncDisposable
{
    /// <summary>Takes the commits. It remembers which packs it has, but keeps no pack, ledger line, delta or rejection.</summary>
    IJourneyStore Journeys { get; }

    /// <summary>The catalog of the serving store, as last taken over by <see cref="CopyCatalogAsync"/>. Not to be written.</summary>
    ICatalogStore Catalog { get; }

    /// <summary>Takes over the catalog and the fits of the serving store as they are now.</summary>
    ValueTask CopyCatalogAsync(CancellationToken cancellation);

    /// <summary>The next packs of the serving store that are not committed here, in the order of commit there; empty when there are none.</summary>
    ValueTask<IReadOnlyList<EventPack>> ReadNextPacksAsync(CancellationToken cancellation);

    /// <summary>How many packs are committed here, and how many there are.</summary>
    ValueTask<(long Done, long Total)> CountPacksAsync(CancellationToken cancellation);

    /// <summary>
    /// In one transaction of the serving store: has the last packs replayed, appends the ledger lines that turn what the ledger says into
    /// the rebuilt credits, and the delta that turns what rollups and waiting deltas say into the rebuilt measures; puts the rebuilt journeys
    /// and aliases in the place of the old; and raises the generation, so that what was planned on the old journeys is refused.
    /// </summary>
    /// <returns>What changed; null: the serving store's catalog is another by now, and nothing was written.</returns>
    ValueTask<RebuildOutcome?> SwapAsync(RebuildSwap swap, CancellationToken cancellation);
}
