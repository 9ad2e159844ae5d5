using System.Collections.Immutable;
using Attribution.Core.Values;

namespace Attribution.Core.Payouts;

/// <summary>
/// The terms of an agreement that span several conversions or none: tiers, cap and guarantee per period, and fees.
/// Their amounts are booked as <see cref="PeriodAdjustments"/> in addition to the commissions of single conversions.
/// Money in minor units of the brand's currency.
/// </summary>
public sealed record PeriodTerms
{
    /// <summary>
    /// True if each calendar month of the brand is a period; otherwise the agreement's whole interval is one period.
    /// </summary>
    public bool Monthly { get; init; }

    /// <summary>True if tiers start at a number of orders, in millionths; otherwise at net revenue.</summary>
    public bool TiersByOrders { get; init; }

    /// <summary>
    /// True if the tier reached by the period's total applies to all of it; otherwise each tier applies to its own
    /// part.
    /// </summary>
    public bool WholeTiers { get; init; }

    /// <summary>Gets the tiers in order; the first starts at 0. Empty if there are no tiers.</summary>
    public ImmutableArray<Tier> Tiers { get; init; } = [];

    /// <summary>Gets the maximum commission of a period; null for no cap. Fees do not count towards it.</summary>
    public long? Cap { get; init; }

    /// <summary>
    /// Gets the minimum commission of a period without fees, due when the period has ended; 0 for none.
    /// </summary>
    public long Guarantee { get; init; }

    /// <summary>Gets the fee paid once, on the agreement's first day; 0 for none.</summary>
    public long Fee { get; init; }

    /// <summary>Gets the fee paid for each post, on the first local day with a reported counter; 0 for none.</summary>
    public long FeePerPost { get; init; }

    /// <summary>Returns the period that contains a local day: its name and its last day.</summary>
    /// <param name="day">A day of the agreement.</param>
    /// <param name="to">The day on which the agreement ends, exclusive.</param>
    /// <returns>
    /// <c>2026-03</c> for months, otherwise <c>agreement</c>; the last day is inclusive and not after the agreement's
    /// own.
    /// </returns>
    public (string Name, DateOnly Last) PeriodOf(DateOnly day, DateOnly to)
    {
        var end = to == DateOnly.MaxValue ? to : to.AddDays(-1);
        if (!Monthly) return ("agreement", end);
        var last = CalendarMonth.LastOf(day);
        return (CalendarMonth.TextOf(day), last < end ? last : end);
    }
}
