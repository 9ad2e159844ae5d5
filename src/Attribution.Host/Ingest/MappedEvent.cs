using Attribution.Core.Events;

namespace Attribution.Host.Ingest;

/// <summary>
/// An event composed from something else, such as a CloudEvent or a shop's order: typed, as JSON, or rejected. Exactly
/// one of <see cref="Typed"/>, <see cref="Json"/> and <see cref="Fault"/> is set.
/// </summary>
internal readonly record struct MappedEvent
{
    public MappedEvent()
    {
    }

    /// <summary>Gets the event as a contract's record.</summary>
    public TypedEvent? Typed { get; init; }

    /// <summary>Gets the event as UTF-8 JSON.</summary>
    public byte[]? Json { get; init; }

    /// <summary>Gets the reason of the rejection, with a pointer into the original.</summary>
    public EventFault? Fault { get; init; }

    /// <summary>Gets the id of a rejected event; null when none could be read.</summary>
    public string? EventId { get; init; }

    /// <summary>Gets the original, stored when the event is rejected. A typed event's original is its JSON.</summary>
    public ReadOnlyMemory<byte> Sent { get; init; }

    /// <summary>Gets the order's id, if <see cref="LeftOut"/> is not empty.</summary>
    public string? OrderId { get; init; }

    /// <summary>Gets the members of the original that were left out because they cannot be used.</summary>
    public IReadOnlyList<EventFault> LeftOut { get; init; } = [];

    /// <summary>Gets the JSON pointer to a CloudEvent's data; empty for other events.</summary>
    public string DataPointer { get; init; } = "";

    /// <summary>Gets whether a CloudEvent's <c>time</c> states the time of the event.</summary>
    public bool HasTime { get; init; }

    public static MappedEvent FromTyped(TypedEvent typed) => new() { Typed = typed };

    public static MappedEvent FromJson(byte[] json) => new() { Json = json, Sent = json };

    public static MappedEvent Reject(EventFault fault, ReadOnlyMemory<byte> sent = default) =>
        new() { Fault = fault, Sent = sent };

    /// <summary>Returns the pointer into the original for a pointer into the event.</summary>
    public string ToSourcePointer(string pointer) => pointer switch
    {
        "" or "/id" or "/type" or "/source" => pointer,
        "/occurredAt" when HasTime => "/time",
        _ => DataPointer + pointer,
    };
}
