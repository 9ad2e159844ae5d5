using Attribution.Contracts;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;

namespace Attribution.Storage.Rebuilds;

/// <summary>
/// Rebuilding: journeys and aliases are made again from the archived packs in a store of their own, beside the one that serves and goes on
/// serving, which takes them over in one transaction at the end. Until then nothing of the serving store changes.
/// </summary>
public interface IRebuildStore
{
    /// <summary>Goes on with the rebuild of a mark where it stood, or begins it; one of another mark, which somebody left, is thrown away.</summary>
    /// <param name="mark">What must be the same for it to be gone on with: the run, the build, the options.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArchiveIncompleteException">Packs were deleted, of which journeys know more than could be made again.</exception>
    ValueTask<IRebuild> OpenRebuildAsync(string mark, CancellationToken cancellation);

    /// <summary>Throws away what was rebuilt and not taken over, and what is left of one that was. It must be closed.</summary>
    ValueTask DiscardRebuildAsync(CancellationToken cancellation);

    /// <summary>What a run's rebuild changed, where it was the last that was taken over; else null.</summary>
    ValueTask<RebuildOutcome?> FindRebuildAsync(Guid run, CancellationToken cancellation);
}

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

/// <summary>The archive does not hold all that was committed, so nothing may be rebuilt from it.</summary>
public sealed class ArchiveIncompleteException(Timestamp before)
    : Exception($"Archived events received before {before} were deleted (Rollup:KeepEvents): a rebuild would lose what they came to. Journeys, ledger and rollups are whole.");

/// <summary>What a swap needs to be told.</summary>
public sealed record RebuildSwap
{
    /// <summary>The run; it stands as the cause of the ledger lines, and a second swap of one run changes nothing and answers what the first did.</summary>
    public required Guid Run { get; init; }

    /// <summary>The catalog that every rebuilt journey stands on.</summary>
    public required long CatalogVersion { get; init; }

    /// <summary>What that catalog's costs add to the rollups.</summary>
    public required MeasureSums Costs { get; init; }

    /// <summary>Commits packs to <see cref="IRebuild.Journeys"/>. Called while the serving store takes no commit: for the last few.</summary>
    public required Func<IReadOnlyList<EventPack>, Task> Replay { get; init; }

    /// <summary>When.</summary>
    public required Timestamp At { get; init; }
}

/// <summary>What a rebuild changed; all 0 where the books were right.</summary>
/// <param name="Conversions">Conversions whose ledger lines did not sum to their credit.</param>
/// <param name="Lines">Ledger lines appended for them.</param>
/// <param name="Cells">Rollup cells that did not hold what journeys and costs add up to.</param>
public sealed record RebuildOutcome(long Conversions, long Lines, long Cells);
