namespace Attribution.Core.Rollups;

/// <summary>
/// A number that a journey or a cost adds to a day of a placement, once, whatever the model. Integers: counts, or minor units of
/// the brand's currency. Stored: never renumber.
/// </summary>
public enum Measure
{
    /// <summary>Valid clicks.</summary>
    Clicks = 0,

    /// <summary>Journeys with a valid click or visit on the day.</summary>
    UniqueVisitors = 1,

    /// <summary>Valid visits, those that belong to clicks included.</summary>
    Visits = 2,

    /// <summary>Clicks and visits labelled as a bot's.</summary>
    InvalidBot = 3,

    /// <summary>Clicks and visits labelled as a prefetch.</summary>
    InvalidPrefetch = 4,

    /// <summary>Clicks and visits labelled as a HEAD request.</summary>
    InvalidHead = 5,

    /// <summary>Standing orders that used a code of the placement, whoever won the credit.</summary>
    Redemptions = 6,

    /// <summary>Times a post was shown.</summary>
    Impressions = 7,

    /// <summary>People a post was shown to.</summary>
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

    /// <summary>Commission that refunds took back, on the order's day: what the cash view adds to <see cref="Commission"/> there.</summary>
    CommissionRefunded = 21,

    /// <summary>Commission that refunds took back, on the refund's day: what the cash view subtracts there.</summary>
    CommissionReversed = 22,

    /// <summary>Amounts that wait for an exchange rate; above 0 the row is incomplete.</summary>
    RateGaps = 23,

    /// <summary>Refunds that were more than was left of their order and were capped, on the order's day; counted for the brand's whole alone.</summary>
    RefundsCapped = 24,

    /// <summary>Refunds in another currency than their order, which were not applied, on the order's day; counted for the brand's whole alone.</summary>
    RefundsInOtherCurrency = 25,

    /// <summary>Refunds whose order has not come, on the refund's day; counted for the brand's whole alone.</summary>
    RefundsWaiting = 26,

    /// <summary>Customers that a visitor was kept apart from, three being linked with it, on the day they are first named together; counted for the brand's whole alone, as the three below.</summary>
    CustomersPerVisitorExceeded = 27,

    /// <summary>Visitors that a customer was kept apart from, fifty being linked with it.</summary>
    VisitorsPerCustomerExceeded = 28,

    /// <summary>Visitors that a click was kept apart from, two being linked with it.</summary>
    VisitorsPerClickExceeded = 29,

    /// <summary>Conversions and touches kept apart from a journey because of how many conversions it holds.</summary>
    ConversionsPerJourneyExceeded = 30,
}

/// <summary>A number that conversions add to a day of a placement under each model. Integers, as above. Stored: never renumber.</summary>
public enum CreditMeasure
{
    /// <summary>Standing orders with any credit to the placement.</summary>
    Orders = 0,

    /// <summary>Credited share of orders, in millionths.</summary>
    ConversionMicros = 1,

    /// <summary>Credited share of sign-ups and leads, in millionths.</summary>
    LeadMicros = 2,

    /// <summary>Standing orders of new customers with any credit to the placement.</summary>
    NewCustomers = 3,

    /// <summary>Goods before discounts.</summary>
    Gross = 4,

    /// <summary>Discounts.</summary>
    Discount = 5,

    /// <summary>Refunds, on the order's day (cohort view).</summary>
    Refunds = 6,

    /// <summary>Refunds, on the refund's day (cash view).</summary>
    RefundsCash = 7,
}
