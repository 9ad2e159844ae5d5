using Attribution.Core.Identity;

namespace Attribution.Core.Events;

/// <summary>An event that may identify a person by a visitor, a click or a customer key.</summary>
public abstract record PersonEvent : JourneyEvent
{
    /// <summary>
    /// Gets the link limits that keep the event separate from a journey that it refers to. Known once the event is in a
    /// journey.
    /// </summary>
    public LinkLimits ExceededLimits { get; init; }
}
