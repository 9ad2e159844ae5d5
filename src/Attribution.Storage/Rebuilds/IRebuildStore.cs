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
