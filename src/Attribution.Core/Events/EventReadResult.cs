namespace Attribution.Core.Events;

/// <summary>An event that was read, or the fault for which it was rejected.</summary>
/// <param name="Event">The event; null if it was rejected.</param>
/// <param name="Fault">The fault; null if the event was read.</param>
/// <param name="EventId">
/// The event's own id as received, even if the event was rejected; null if there is no id of 1 to 128 characters.
/// </param>
public readonly record struct EventReadResult(JourneyEvent? Event, EventFault? Fault, string? EventId)
{
    /// <summary>
    /// Gets whether the JSON has a member that <see cref="EventRedaction.Redact"/> removes or hashes. If not, the event
    /// is stored as received.
    /// </summary>
    public bool MayHoldPersonalData { get; init; }

    /// <summary>Gets what was left out, so that the event is accepted without it; null if nothing was.</summary>
    public IReadOnlyList<EventFault>? LeftOut { get; init; }
}
