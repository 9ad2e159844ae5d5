using System.Collections.Immutable;
using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Core.Quality;

/// <summary>An event that was refused, as kept.</summary>
public sealed record RejectionDocument
{
    /// <summary>Time-ordered id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The brand of the key that sent it.</summary>
    public required string Brand { get; init; }

    /// <summary>The source of the key that sent it.</summary>
    public required string Source { get; init; }

    /// <summary>When it was received.</summary>
    public required Timestamp ReceivedAt { get; init; }

    /// <summary>Why.</summary>
    public required RejectionReason Reason { get; init; }

    /// <summary>JSON pointer to the member at fault.</summary>
    public required string Pointer { get; init; }

    /// <summary>In words.</summary>
    public required string Detail { get; init; }

    /// <summary>The event's own id, if one could be read.</summary>
    public string? EventId { get; init; }

    /// <summary>Version of the events' shape that refused it.</summary>
    public required int Schema { get; init; }

    /// <summary>What was sent, cut at 64 KiB.</summary>
    public required ImmutableArray<byte> Payload { get; init; }

    /// <summary>When it was put through the door again and taken in; null while it is open.</summary>
    public Timestamp? ResolvedAt { get; init; }
}
