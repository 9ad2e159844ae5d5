using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>
/// An event that was read, validated and normalized: times in milliseconds, money in minor units, text in NFC.
/// </summary>
public abstract record JourneyEvent
{
    /// <summary>Gets the identity.</summary>
    public required EventId Id { get; init; }

    /// <summary>Gets the brand. Aliases are unique within a brand.</summary>
    public required string Brand { get; init; }

    /// <summary>Gets the time at which the event occurred.</summary>
    public required Timestamp At { get; init; }

    /// <summary>
    /// Gets the name of the type in metrics. A redemption is a conversion here, because both report an order.
    /// </summary>
    public abstract string TypeName { get; }
}
