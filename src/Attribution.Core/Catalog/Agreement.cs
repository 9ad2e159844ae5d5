using System.Collections.Frozen;
using Attribution.Core.Payouts;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>An agreement on performance-based pay with the creator of a placement.</summary>
/// <param name="Brand">The brand of the campaign.</param>
/// <param name="Placement">The placement whose creator is paid.</param>
/// <param name="Id">The agreement's id.</param>
/// <param name="From">First local day (inclusive).</param>
/// <param name="To">Last local day (exclusive).</param>
/// <param name="PercentOfNet">Percentage of the net share; 0: none.</param>
/// <param name="PerOrder">Fixed sum per full order in minor units; 0: none.</param>
/// <param name="PerLead">Fixed sum per full sign-up or lead in minor units; 0: none.</param>
/// <param name="NewCustomersOnly">True if only conversions of new customers pay.</param>
/// <param name="ExcludedCodes">Normalized codes; an order that used one of them pays nothing.</param>
public sealed record Agreement(
    string Brand, Placement Placement, string Id, DateOnly From, DateOnly To, decimal PercentOfNet, long PerOrder, long PerLead,
    bool NewCustomersOnly, FrozenSet<string> ExcludedCodes)
{
    /// <summary>
    /// Gets a value that indicates whether an agreement for new customers only also pays for conversions of which it is
    /// unknown whether the customer is new.
    /// </summary>
    public bool PaysUnknownCustomers { get; init; }

    /// <summary>
    /// Gets the renewals of subscriptions that it pays for; null: renewals that are orders pay as orders, and payments of
    /// an order do not count.
    /// </summary>
    public RenewalTerms? Renewals { get; init; }

    /// <summary>Gets the terms for products and categories; null if all lines of an order are paid alike.</summary>
    public LineTerms? LineTerms { get; init; }

    /// <summary>
    /// Gets the terms that are settled per period (tiers, cap, guarantee, fees); null: none, so that every conversion
    /// accrues its full commission.
    /// </summary>
    public PeriodTerms? PeriodTerms { get; init; }

    /// <summary>
    /// Gets the number of days after a conversion until its commission becomes payable, which leaves time for returns;
    /// 0: immediately.
    /// </summary>
    public int HoldingDays { get; init; }

    /// <summary>
    /// Gets a value that indicates whether a user must approve payouts; if false, the holding period is enough.
    /// </summary>
    public bool RequiresManualApproval { get; init; }
}
