using System.Collections.Immutable;
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

/// <summary>Where a run stands. Stored: never renumber.</summary>
public enum RunStatus
{
    /// <summary>Waits to be done.</summary>
    Queued = 1,

    /// <summary>Goes on.</summary>
    Running = 2,

    /// <summary>Ended well; there is an answer.</summary>
    Done = 3,

    /// <summary>Ended with a fault, which is told.</summary>
    Failed = 4,
}

/// <summary>A run, as kept.</summary>
public sealed record RunDocument
{
    /// <summary>Time-ordered id.</summary>
    public required Guid Id { get; init; }

    /// <summary>What kind of work.</summary>
    public required string Kind { get; init; }

    /// <summary>What was asked for, as JSON.</summary>
    public required ImmutableArray<byte> Request { get; init; }

    /// <summary>Where it stands.</summary>
    public RunStatus Status { get; init; } = RunStatus.Queued;

    /// <summary>How often it was begun: above 1 when a process ended in the middle of it.</summary>
    public int Attempt { get; init; }

    /// <summary>How much of the work is done.</summary>
    public long Done { get; init; }

    /// <summary>How much work there is; 0 until that is known.</summary>
    public long Total { get; init; }

    /// <summary>What it is at, in a word or two; null where its kind has no phases.</summary>
    public string? Phase { get; init; }

    /// <summary>When it was asked for.</summary>
    public required Timestamp CreatedAt { get; init; }

    /// <summary>When it was last heard of.</summary>
    public required Timestamp UpdatedAt { get; init; }

    /// <summary>The answer, as JSON, once it ended well; empty until then.</summary>
    public ImmutableArray<byte> Answer { get; init; } = [];

    /// <summary>Why it failed; null unless it did.</summary>
    public string? Fault { get; init; }
}
