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
}
