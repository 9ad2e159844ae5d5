using System.Collections.Immutable;
using Attribution.Core.Values;

namespace Attribution.Storage.Runs;

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
