using Attribution.Core.Identity;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>
/// The time of claims of referral. A claim is part of its order and never later than it, whenever it is reported:
/// one that is dated later has the order's time. Pure.
/// </summary>
internal static class ClaimTimes
{
    /// <summary>
    /// Returns the journey with its claims dated no later than their orders, ready for evaluation; the same instance if they
    /// are. The time of an order is its earliest report, so that the result depends on the set of events only.
    /// </summary>
    public static Journey WithDatedClaims(this Journey journey)
    {
        if (journey.ReportedConversions.IsEmpty || !journey.Touches.Any(touch => touch.Claim is not null)) return journey;
        var orders = new Dictionary<string, Timestamp>(StringComparer.Ordinal);
        foreach (var reported in journey.ReportedConversions) orders.TryAdd(IdentityRules.ConversionKey(reported), reported.At);

        bool IsLate(Touch touch, out Timestamp orderedAt)
        {
            orderedAt = default;
            return touch.Claim is { } claim && orders.TryGetValue(IdentityRules.OrderAlias(claim.OrderId), out orderedAt)
                && touch.At > orderedAt;
        }

        if (!journey.Touches.Any(touch => IsLate(touch, out _))) return journey;
        return journey with
        {
            Touches =
            [
                .. journey.Touches.Select(touch => IsLate(touch, out var orderedAt) ? touch with { At = orderedAt } : touch)
                    .Order(Comparer<Touch>.Create(JourneyEventSet.CompareTouches)),
            ],
            // Credits that depended on the claim at its former time are not known.
            CatalogVersion = Journey.NeverEvaluated,
        };
    }
}
