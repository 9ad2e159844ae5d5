using Attribution.Core.Values;

namespace Attribution.Storage.Runs;

/// <summary>Long work that somebody asked for, with its progress and its answer; it outlives the process that does it.</summary>
public interface IRunStore
{
    /// <summary>Keeps a run that waits to be done, unless as many of its kind wait or go on already.</summary>
    /// <param name="run">The run.</param>
    /// <param name="most">Most unfinished runs of a kind, the new one among them.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether it was kept.</returns>
    ValueTask<bool> TryAddRunAsync(RunDocument run, int most, CancellationToken cancellation);

    /// <summary>
    /// Takes the oldest run of a kind that waits, or that goes on and has not been heard of since an instant: it goes on from now, by
    /// whoever asked, from its beginning. Of several who ask at once each gets another.
    /// </summary>
    /// <param name="kind">The kind.</param>
    /// <param name="silentSince">Going on, but last heard of before this: whoever did it is gone.</param>
    /// <param name="at">Now.</param>
    /// <param name="cancellation">Gives up.</param>
    ValueTask<RunDocument?> ClaimRunAsync(string kind, Timestamp silentSince, Timestamp at, CancellationToken cancellation);

    /// <summary>Writes progress or end of a run.</summary>
    /// <returns>False: another has taken the run since (its attempt is a later one), and nothing was written.</returns>
    ValueTask<bool> UpdateRunAsync(RunDocument run, CancellationToken cancellation);

    /// <summary>A run; null when there is none.</summary>
    ValueTask<RunDocument?> FindRunAsync(string kind, Guid id, CancellationToken cancellation);

    /// <summary>Forgets runs that ended before an instant.</summary>
    ValueTask DeleteEndedRunsAsync(string kind, Timestamp endedBefore, CancellationToken cancellation);
}
