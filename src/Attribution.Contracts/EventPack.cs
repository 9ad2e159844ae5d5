namespace Attribution.Contracts;

/// <summary>
/// The message on the bus: accepted events of one source and brand, as received. Up to 500 events or 256 KiB. External
/// producers may publish the same message directly to the exchange.
/// </summary>
public sealed record EventPack
{
    /// <summary>The current version of the events' shape.</summary>
    public const int CurrentSchema = 1;

    /// <summary>
    /// Gets the message id (UUID version 7, ordered by time). A pack that was processed before is acknowledged and
    /// changes nothing.
    /// </summary>
    public required Guid PackId { get; init; }

    /// <summary>Gets the version of the events' shape: <see cref="CurrentSchema"/>.</summary>
    public required int Schema { get; init; }

    /// <summary>Gets the source of events that do not specify their own.</summary>
    public required string Source { get; init; }

    /// <summary>Gets the brand of events that do not specify their own. Absent: <c>default</c>.</summary>
    public string? BrandId { get; init; }

    /// <summary>Gets the time at which the ingest (or the external producer) received the events.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>
    /// Gets the greatest age in days of the events when they were received, if the ingest accepted a greater one than
    /// <c>Ingest:Horizon</c>, as for an import of history. At most 3,660. Absent: <c>Ingest:Horizon</c>.
    /// </summary>
    public int? HorizonDays { get; init; }

    /// <summary>Gets the accepted events, each as one JSON object in UTF-8.</summary>
    public required IReadOnlyList<byte[]> Events { get; init; }

    /// <summary>
    /// Gets the rejected events of an authenticated sender. They travel with the pack so that they are stored as
    /// durably as the accepted events.
    /// </summary>
    public IReadOnlyList<RefusedEvent>? Refused { get; init; }

    /// <summary>Gets the W3C trace context of one of the requests that the pack contains; never archived.</summary>
    public string? TraceParent { get; init; }
}
