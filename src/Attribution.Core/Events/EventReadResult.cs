using Attribution.Contracts;

namespace Attribution.Core.Events;

/// <summary>Why an event was refused.</summary>
/// <param name="Reason">From the closed set.</param>
/// <param name="Pointer">JSON pointer to the member at fault; empty for the event as a whole.</param>
/// <param name="Detail">What was wrong and how to put it right. Holds no value of the event that could be personal.</param>
public sealed record EventFault(RejectionReason Reason, string Pointer, string Detail);

/// <summary>The event, or why there is none.</summary>
/// <param name="Event">The event read; null when refused.</param>
/// <param name="Fault">Why it was refused; null when read.</param>
/// <param name="EventId">The event's own id as sent, where one of 1 to 128 characters could be read, refused or not.</param>
public readonly record struct EventReadResult(JourneyEvent? Event, EventFault? Fault, string? EventId);
