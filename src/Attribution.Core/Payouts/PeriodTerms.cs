using System.Collections.Immutable;
using Attribution.Core.Values;

namespace Attribution.Core.Payouts;

/// <summary>
/// What an agreement reckons over many conversions or apart from any: tiers, cap and guarantee over a period, and fees. It comes on top of the
/// commission that each conversion accrues by itself, as <see cref="PeriodAdjustments"/>. Money in minor units of the brand's currency.
/// </summary>
public sealed record PeriodTerms
{
    /// <summary>Whether each calendar month of the brand stands for itself; else the agreement's whole interval is one period.</summary>
    public bool Monthly { get; init; }

    /// <summary>Whether tiers begin at a number of orders, in millionths; else at net revenue.</summary>
    public bool TiersByOrders { get; init; }

    /// <summary>Whether the tier that the period's total reaches pays for all of it; else each tier pays for what lies within it.</summary>
    public bool WholeTiers { get; init; }

    /// <summary>What is paid from where on, in order; the first begins at 0. Empty: there are no tiers.</summary>
    public ImmutableArray<Tier> Tiers { get; init; } = [];

    /// <summary>Most commission of a period; null: no cap. Fees do not count towards it.</summary>
    public long? Cap { get; init; }

    /// <summary>Least commission of a period, fees aside; 0: none. Due when the period has ended.</summary>
    public long Guarantee { get; init; }

    /// <summary>Paid once, on the agreement's first day; 0: none.</summary>
    public long Fee { get; init; }

    /// <summary>Paid for each post, on the first local day that its counters were stated on; 0: none.</summary>
    public long FeePerPost { get; init; }

    /// <summary>The period that a local day lies in: its name, and its last day.</summary>
    /// <param name="day">A day of the agreement.</param>
    /// <param name="to">The day the agreement no longer holds on.</param>
    /// <returns><c>2026-03</c> of months, else <c>agreement</c>; the last day is inside, and cut by the agreement's own.</returns>
    public (string Name, DateOnly Last) PeriodOf(DateOnly day, DateOnly to)
    {
        var end = to == DateOnly.MaxValue ? to : to.AddDays(-1);
        if (!Monthly) return ("agreement", end);
        var last = CalendarMonth.LastOf(day);
        return (CalendarMonth.TextOf(day), last < end ? last : end);
    }
}

/// <summary>What is paid from where on.</summary>
/// <param name="From">Reached at this much: minor units of net, or millionths of orders. What lies above it is in the tier.</param>
/// <param name="Rate">Of net, in millionths of a percent: 10 % is 10,000,000.</param>
/// <param name="PerOrder">For a whole order, minor units.</param>
public readonly record struct Tier(long From, long Rate, long PerOrder);
