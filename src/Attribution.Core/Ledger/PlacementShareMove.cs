using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Ledger;

/// <summary>
/// The move of history from shares that were rounded touch by touch to shares rounded once per placement. Pure.
/// </summary>
internal static class PlacementShareMove
{
    /// <summary>
    /// Returns true if a conversion's booking changed only by rounding: the amounts, the terms and the credited
    /// placements are the same, and no share moved by more than one unit per touchpoint.
    /// </summary>
    /// <param name="before">The conversion as last emitted; null if there was none.</param>
    /// <param name="after">The conversion after the change; null if there is none.</param>
    /// <param name="touches">The number of touches of the journey.</param>
    public static bool IsOnlyRounding(Conversion? before, Conversion? after, int touches)
    {
        if (before is null || after is null || before.HasSameBookingAs(after)) return false;
        if (before.BookModel != after.BookModel || before.Terms != after.Terms) return false;
        if ((before.Day, before.IsCanceled, before.Gross, before.Discount, before.Refunds)
            != (after.Day, after.IsCanceled, after.Gross, after.Discount, after.Refunds)) return false;
        var (old, current) = (BookCredits(before), BookCredits(after));
        var bound = touches + EventLimits.Codes;
        return old.Count == current.Count && old.All(credit => current.TryGetValue(credit.Key, out var now)
            && Math.Abs(now.Micros - credit.Value.Micros) <= bound
            && Math.Abs(now.Gross - credit.Value.Gross) <= bound);
    }

    private static Dictionary<Placement, Credit> BookCredits(Conversion conversion) =>
        conversion.BookCredits.ToDictionary(credit => credit.Placement);
}
