using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>The members that all types of events have.</summary>
/// <param name="Id">The event's identity.</param>
/// <param name="Brand">The brand.</param>
/// <param name="At">The time at which the event occurred.</param>
/// <param name="ReceivedAt">The time at which the event was received.</param>
internal readonly record struct EventHeader(EventId Id, string Brand, Timestamp At, Timestamp ReceivedAt);
