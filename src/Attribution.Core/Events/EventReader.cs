using Attribution.Contracts;

namespace Attribution.Core.Events;

/// <summary>What the sender's key or the pack says for events that do not say it themselves, and the moment of receipt.</summary>
/// <param name="Source">Source of events that name none.</param>
/// <param name="Brand">Brand of events that name none.</param>
/// <param name="ReceivedAt">When the ingest received them.</param>
/// <param name="Horizon">An event older than this when received is refused as <see cref="RejectionReason.TooLate"/>.</param>
public sealed record EventContext(string Source, string Brand, DateTimeOffset ReceivedAt, TimeSpan Horizon)
{
    /// <summary>The horizon where none is configured: 400 days.</summary>
    public static readonly TimeSpan DefaultHorizon = TimeSpan.FromDays(400);
}

/// <summary>Why an event was refused.</summary>
/// <param name="Reason">From the closed set.</param>
/// <param name="Pointer">JSON pointer to the member at fault; empty for the event as a whole.</param>
/// <param name="Detail">What was wrong and how to put it right. Holds no value of the event that could be personal.</param>
public sealed record Fault(RejectionReason Reason, string Pointer, string Detail);

/// <summary>The event, or why there is none.</summary>
/// <param name="Event">The event read; null when refused.</param>
/// <param name="Fault">Why it was refused; null when read.</param>
/// <param name="EventId">The event's own id where one could be read, refused or not.</param>
public readonly record struct ReadResult(JourneyEvent? Event, Fault? Fault, string? EventId);
