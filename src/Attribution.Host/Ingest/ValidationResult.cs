using System.Text.Json;
using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Core.Values;
using Attribution.Host.Observability;

namespace Attribution.Host.Ingest;

/// <summary>Result of validating one event.</summary>
/// <param name="Event">UTF-8 JSON to be stored; null when rejected.</param>
/// <param name="Refused">The rejection with the payload that was sent; null when accepted.</param>
/// <param name="EventId">The event's own id; null when none could be read.</param>
/// <param name="Type">The event's type in metrics; <c>unknown</c> when rejected.</param>
internal readonly record struct ValidationResult(byte[]? Event, RefusedEvent? Refused, string? EventId, string Type)
{
    /// <summary>Greatest payload stored of a rejected event, in bytes. The rest is lost.</summary>
    public const int MaxPayloadBytes = EventLimits.Bytes;

    /// <summary>
    /// Gets the entries of what was left out of an accepted event; null if nothing was. They are stored, but not part of the response.
    /// </summary>
    public IReadOnlyList<RefusedEvent>? LeftOut { get; init; }

    /// <summary>Creates the entry of a member that was left out, so that its event is accepted without it.</summary>
    /// <param name="fault">The member, and a detail that continues <c>it</c>.</param>
    /// <param name="id">The id of the order, or of the event.</param>
    /// <param name="payload">The stored part of the event.</param>
    public static RefusedEvent NoteLeftOut(EventFault fault, string? id, object payload) => Reject(
        new(RejectionReason.LeftOut, fault.Pointer, $"The order was accepted without the member: it {fault.Detail}"), id,
        JsonSerializer.SerializeToUtf8Bytes(payload), keys: null).Refused!;

    /// <summary>Creates a rejection.</summary>
    /// <param name="fault">The reason.</param>
    /// <param name="eventId">The event's own id; null when none could be read.</param>
    /// <param name="sent">The event as sent; customer keys and addresses are redacted.</param>
    /// <param name="keys">Hashes customer keys; null when they are hashed already.</param>
    public static ValidationResult Reject(
        EventFault fault, string? eventId, ReadOnlySpan<byte> sent, CustomerKeyHasher? keys)
    {
        var payload = EventRedaction.Redact(sent, keys) ?? sent.ToArray();
        var refused = new RefusedEvent
        {
            Reason = fault.Reason,
            Pointer = fault.Pointer,
            Detail = fault.Detail,
            EventId = eventId,
            Payload = payload.Length > MaxPayloadBytes ? payload[..MaxPayloadBytes] : payload,
        };
        return new ValidationResult(null, refused, eventId, WireNames.UnknownType);
    }
}
