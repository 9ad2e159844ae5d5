namespace Attribution.Storage.Rebuilds;

/// <summary>
/// Rebuilds of journeys and aliases from the archived packs. They are written to a scratch store while the serving
/// store continues to serve, and the serving store takes them over in one transaction at the end. Until then the
/// serving store does not change.
/// </summary>
public interface IRebuildStore
{
    /// <summary>
    /// Resumes the rebuild with a mark, or begins it. An unfinished rebuild with another mark is discarded.
    /// </summary>
    /// <param name="mark">
    /// Identifies what must be unchanged for a rebuild to be resumed: the run, the build, the options.
    /// </param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="ArchiveIncompleteException">
    /// Packs were deleted, so the journeys cannot be rebuilt completely.
    /// </exception>
    ValueTask<IRebuild> OpenRebuildAsync(string mark, CancellationToken cancellation);

    /// <summary>Discards an unfinished rebuild, or the remains of a finished one. It must be closed.</summary>
    ValueTask DiscardRebuildAsync(CancellationToken cancellation);

    /// <summary>Returns the outcome of a run's rebuild if it was the last one taken over; else null.</summary>
    ValueTask<RebuildOutcome?> FindRebuildAsync(Guid run, CancellationToken cancellation);
}
