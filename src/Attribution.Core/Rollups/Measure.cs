namespace Attribution.Core.Rollups;

/// <summary>
/// A number that a journey or a cost adds to a day of a placement, independent of the model. Integers: counts, or minor
/// units of the brand's currency. Stored: never renumber.
/// </summary>
public enum Measure
{
    /// <summary>Valid clicks.</summary>
    Clicks = 0,

    /// <summary>Journeys with a valid click or visit on the day.</summary>
    UniqueVisitors = 1,

    /// <summary>Valid visits, including those that belong to clicks.</summary>
    Visits = 2,

    /// <summary>Clicks and visits labeled as bot.</summary>
    InvalidBot = 3,

    /// <summary>Clicks and visits labeled as prefetch.</summary>
    InvalidPrefetch = 4,

    /// <summary>Clicks and visits labeled as HEAD request.</summary>
    InvalidHead = 5,

    /// <summary>Orders, not canceled, that used a code of the placement, regardless of who is credited.</summary>
    Redemptions = 6,

    /// <summary>Number of times a post was shown.</summary>
    Impressions = 7,

    /// <summary>Number of people a post was shown to.</summary>
    Reach = 8,

    /// <summary>Likes.</summary>
    Likes = 9,

    /// <summary>Comments.</summary>
    Comments = 10,

    /// <summary>Shares.</summary>
    Shares = 11,

    /// <summary>Saves.</summary>
    Saves = 12,

    /// <summary>Plays.</summary>
    Views = 13,

    /// <summary>Flat fees.</summary>
    CostFee = 14,

    /// <summary>Content production.</summary>
    CostProduction = 15,

    /// <summary>Management.</summary>
    CostManagement = 16,

    /// <summary>Gifts at their cost.</summary>
    CostGift = 17,

    /// <summary>Shipping of gifts.</summary>
    CostShipping = 18,

    /// <summary>Other costs.</summary>
    CostOther = 19,

    /// <summary>Commission on the current net share, on the order's day (cohort view).</summary>
    Commission = 20,

    /// <summary>
    /// Commission reversed by refunds, on the order's day; the cash view adds it to <see cref="Commission"/>.
    /// </summary>
    CommissionRefunded = 21,

    /// <summary>Commission reversed by refunds, on the refund's day; the cash view subtracts it.</summary>
    CommissionReversed = 22,

    /// <summary>Amounts that wait for an exchange rate; if above 0, the row is incomplete.</summary>
    RateGaps = 23,

    /// <summary>
    /// Refunds that exceeded what was left of their order and were capped, on the order's day; counted in the brand's
    /// total only.
    /// </summary>
    RefundsCapped = 24,

    /// <summary>
    /// Refunds in a currency other than their order's, which were not applied, on the order's day; counted in the
    /// brand's total only.
    /// </summary>
    RefundsInOtherCurrency = 25,

    /// <summary>Refunds whose order has not arrived, on the refund's day; counted in the brand's total only.</summary>
    RefundsWaiting = 26,

    /// <summary>
    /// Customers not linked with a visitor because it is linked with three, on the day they are first named together.
    /// Counted in the brand's total only, like the following three.
    /// </summary>
    CustomersPerVisitorExceeded = 27,

    /// <summary>Visitors not linked with a customer because it is linked with fifty.</summary>
    VisitorsPerCustomerExceeded = 28,

    /// <summary>Visitors not linked with a click because it is linked with two.</summary>
    VisitorsPerClickExceeded = 29,

    /// <summary>Conversions and touches not linked with a journey because of its number of conversions.</summary>
    ConversionsPerJourneyExceeded = 30,

    /// <summary>
    /// Journeys among <see cref="UniqueVisitors"/> with an order, not canceled, within the lookback after a click or visit
    /// of the day. Never more than <see cref="UniqueVisitors"/>.
    /// </summary>
    ConvertedVisitors = 31,

    /// <summary>Clicks and visits labeled as assistant, whether or not they can earn credit.</summary>
    AssistantTouches = 32,

    /// <summary>Claims of referral that name the placement, whether or not they earn credit.</summary>
    Referrals = 33,
}
