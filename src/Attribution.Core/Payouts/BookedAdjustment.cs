using Attribution.Core.Values;

namespace Attribution.Core.Payouts;

/// <summary>An adjustment as booked, with its agreement and placement.</summary>
/// <param name="Brand">The brand.</param>
/// <param name="Agreement">The agreement.</param>
/// <param name="Placement">
/// The placement it is booked under. If an agreement moves to another placement, the old bookings are reversed.
/// </param>
/// <param name="Adjustment">The adjustment.</param>
public sealed record BookedAdjustment(string Brand, string Agreement, Placement Placement, Adjustment Adjustment)
{
    /// <summary>
    /// Gets the key of its ledger lines, used instead of a conversion's key: <c>a:mia-spring-1:2026-03</c>.
    /// </summary>
    public string Key => $"a:{Agreement}:{Adjustment.Period}";
}
