using System.Collections.Immutable;
using Attribution.Core.Values;

namespace Attribution.Storage.Runs;

/// <summary>A run as stored.</summary>
public sealed record RunDocument
{
    /// <summary>Gets the time-ordered id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Gets the kind of work.</summary>
    public required string Kind { get; init; }

    /// <summary>Gets the request, as JSON.</summary>
    public required ImmutableArray<byte> Request { get; init; }

    /// <summary>Gets the status.</summary>
    public RunStatus Status { get; init; } = RunStatus.Queued;

    /// <summary>Gets the number of attempts; above 1 if a process ended during the run.</summary>
    public int Attempt { get; init; }

    /// <summary>Gets the amount of finished work.</summary>
    public long Done { get; init; }

    /// <summary>Gets the total amount of work; 0 until it is known.</summary>
    public long Total { get; init; }

    /// <summary>Gets the current phase in a word or two; null if the kind has no phases.</summary>
    public string? Phase { get; init; }

    /// <summary>Gets the time of the request.</summary>
    public required Timestamp CreatedAt { get; init; }

    /// <summary>Gets the time of the last update.</summary>
    public required Timestamp UpdatedAt { get; init; }

    /// <summary>Gets the result, as JSON, after success; else empty.</summary>
    public ImmutableArray<byte> Answer { get; init; } = [];

    /// <summary>Gets the error message after a failure; else null.</summary>
    public string? Fault { get; init; }
}
