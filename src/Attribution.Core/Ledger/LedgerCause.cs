using Attribution.Core.Events;

namespace Attribution.Core.Ledger;

/// <summary>The cause of a change of a journey.</summary>
/// <param name="Events">The events added, in any order; empty if the catalog was the cause.</param>
/// <param name="Merged">True if journeys were merged.</param>
public sealed record LedgerCause(IReadOnlyList<JourneyEvent> Events, bool Merged)
{
    /// <summary>
    /// True if the journey was last evaluated before shares were split over placements, so that differences of rounding
    /// have the reason <see cref="LedgerReason.Rounding"/>.
    /// </summary>
    public bool MovesToPlacementShares { get; init; }

    /// <summary>True if newer bot rules changed the label of a touch.</summary>
    public bool IsRelabeled { get; init; }

    /// <summary>True if the journey was last evaluated before fixed rates applied.</summary>
    public bool MovesToFixedRates { get; init; }

    /// <summary>
    /// Gets the move of the journey to a newer version of the tz database; null if it was last evaluated with the
    /// current one.
    /// </summary>
    public TimeZoneMove? TimeZones { get; init; }
}
