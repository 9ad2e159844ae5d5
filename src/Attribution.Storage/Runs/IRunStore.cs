using Attribution.Core.Values;

namespace Attribution.Storage.Runs;

/// <summary>Background runs with their progress and result. They survive the process that executes them.</summary>
public interface IRunStore
{
    /// <summary>Adds a queued run, unless too many runs of its kind are unfinished.</summary>
    /// <param name="run">The run.</param>
    /// <param name="most">The maximum number of unfinished runs of a kind, including the new one.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <returns>True if the run was added.</returns>
    ValueTask<bool> TryAddRunAsync(RunDocument run, int most, CancellationToken cancellation);

    /// <summary>Returns the queued and running runs of a kind, oldest first.</summary>
    ValueTask<IReadOnlyList<RunDocument>> ListUnfinishedRunsAsync(string kind, CancellationToken cancellation);

    /// <summary>
    /// Claims a run that is queued, or that is running but abandoned, if it was not updated since it was read. The caller
    /// executes it from its beginning. One of several concurrent callers succeeds.
    /// </summary>
    /// <param name="run">The run as it was read.</param>
    /// <param name="at">The current time.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <returns>The claimed run; null if the run was updated since it was read.</returns>
    ValueTask<RunDocument?> TryClaimRunAsync(RunDocument run, Timestamp at, CancellationToken cancellation);

    /// <summary>Updates the progress or the end of a run.</summary>
    /// <returns>
    /// False, and nothing is written, if another process has claimed the run since (its attempt is a later one).
    /// </returns>
    ValueTask<bool> UpdateRunAsync(RunDocument run, CancellationToken cancellation);

    /// <summary>Returns a run; null if there is none.</summary>
    ValueTask<RunDocument?> FindRunAsync(string kind, Guid id, CancellationToken cancellation);

    /// <summary>Deletes runs that ended before a time (exclusive).</summary>
    ValueTask DeleteEndedRunsAsync(string kind, Timestamp endedBefore, CancellationToken cancellation);
}
