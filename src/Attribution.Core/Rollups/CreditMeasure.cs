namespace Attribution.Core.Rollups;

/// <summary>
/// A number that conversions add to a day of a placement under each model. Integers, as for <see cref="Measure"/>.
/// Stored: never renumber.
/// </summary>
public enum CreditMeasure
{
    /// <summary>Orders, not canceled, with any credit to the placement.</summary>
    Orders = 0,

    /// <summary>Credited share of orders, in millionths.</summary>
    ConversionMicros = 1,

    /// <summary>Credited share of sign-ups and leads, in millionths.</summary>
    LeadMicros = 2,

    /// <summary>Orders of new customers, not canceled, with any credit to the placement.</summary>
    NewCustomers = 3,

    /// <summary>Goods before discounts.</summary>
    Gross = 4,

    /// <summary>Discounts.</summary>
    Discount = 5,

    /// <summary>Refunds, on the order's day (cohort view).</summary>
    Refunds = 6,

    /// <summary>Refunds, on the refund's day (cash view).</summary>
    RefundsCash = 7,

    /// <summary>Credited share of orders whose money waits for an exchange rate, in millionths.</summary>
    WithoutRateMicros = 8,

    /// <summary>
    /// Orders of which it is unknown whether the customer is new, not canceled, with any credit to the placement.
    /// </summary>
    UnknownCustomers = 9,
}
