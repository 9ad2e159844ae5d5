using System.Collections.Immutable;
using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Core.Quality;

/// <summary>A rejected event in its stored form.</summary>
public sealed record RejectionDocument
{
    /// <summary>Gets the id, ordered by time.</summary>
    public required Guid Id { get; init; }

    /// <summary>Gets the brand of the sender's API key.</summary>
    public required string Brand { get; init; }

    /// <summary>Gets the source of the sender's API key.</summary>
    public required string Source { get; init; }

    /// <summary>Gets the time of receipt.</summary>
    public required Timestamp ReceivedAt { get; init; }

    /// <summary>Gets the reason.</summary>
    public required RejectionReason Reason { get; init; }

    /// <summary>Gets the JSON pointer to the invalid member; empty if the fault concerns the whole event.</summary>
    public required string Pointer { get; init; }

    /// <summary>Gets a description of the fault and how to fix it.</summary>
    public required string Detail { get; init; }

    /// <summary>Gets the event's own id, if one could be read.</summary>
    public string? EventId { get; init; }

    /// <summary>Gets the version of the events' shape by which the event was rejected.</summary>
    public required int Schema { get; init; }

    /// <summary>Gets the received bytes, truncated at 64 KiB.</summary>
    public required ImmutableArray<byte> Payload { get; init; }

    /// <summary>
    /// Gets the time at which the event was submitted again and accepted; null while the rejection is open.
    /// </summary>
    public Timestamp? ResolvedAt { get; init; }
}
