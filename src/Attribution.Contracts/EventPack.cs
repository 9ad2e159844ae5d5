namespace Attribution.Contracts;

/// <summary>
/// What travels on the bus: the accepted events of one source and brand, as they came. Up to 500 events or 256 KiB.
/// An outside producer may publish the same message straight to the exchange.
/// </summary>
public sealed record EventPack
{
    /// <summary>Identity of the message; a pack seen before is acknowledged and changes nothing. Time-ordered (UUID version 7).</summary>
    public required Guid PackId { get; init; }

    /// <summary>Version of the events' shape: <see cref="CurrentSchema"/>.</summary>
    public required int Schema { get; init; }

    /// <summary>Source of every event that does not name its own.</summary>
    public required string Source { get; init; }

    /// <summary>Brand of every event that does not name its own. Absent: <c>default</c>.</summary>
    public string? BrandId { get; init; }

    /// <summary>When the ingest (or outside producer) received the events.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>One UTF-8 JSON object an event, as accepted.</summary>
    public required IReadOnlyList<byte[]> Events { get; init; }

    /// <summary>What an authenticated sender got refused, on its way to the store, so that it is as durable as what was accepted.</summary>
    public IReadOnlyList<RefusedEvent>? Refused { get; init; }

    /// <summary>W3C trace context of (one of) the requests it came with; on its way only, never archived.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The shape written today.</summary>
    public const int CurrentSchema = 1;
}

/// <summary>An event that was refused at the door, with the reason the sender was given.</summary>
public sealed record RefusedEvent
{
    /// <summary>Why.</summary>
    public required RejectionReason Reason { get; init; }

    /// <summary>JSON pointer to the member at fault, relative to the event; empty for the event as a whole.</summary>
    public required string Pointer { get; init; }

    /// <summary>What was wrong and how to put it right, in words.</summary>
    public required string Detail { get; init; }

    /// <summary>The event's own id, if one could be read.</summary>
    public string? EventId { get; init; }

    /// <summary>What was sent, cut at 64 KiB.</summary>
    public required byte[] Payload { get; init; }
}
