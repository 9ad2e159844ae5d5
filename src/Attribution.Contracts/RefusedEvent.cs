namespace Attribution.Contracts;

/// <summary>An event that was rejected at ingest, with the reason that was returned to the sender.</summary>
public sealed record RefusedEvent
{
    /// <summary>Gets the reason.</summary>
    public required RejectionReason Reason { get; init; }

    /// <summary>
    /// Gets the JSON pointer to the invalid member, relative to the event; empty if the fault concerns the whole event.
    /// </summary>
    public required string Pointer { get; init; }

    /// <summary>Gets a description of the fault and how to fix it.</summary>
    public required string Detail { get; init; }

    /// <summary>Gets the event's own id, if one could be read.</summary>
    public string? EventId { get; init; }

    /// <summary>Gets the received bytes, truncated at 64 KiB.</summary>
    public required byte[] Payload { get; init; }
}
