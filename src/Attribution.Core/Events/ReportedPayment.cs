namespace Attribution.Core.Events;

/// <summary>Another id of an order as reported by one event, with the amounts of a payment of its own if it has any.</summary>
public sealed record ReportedPayment : JourneyEvent
{
    /// <inheritdoc/>
    public override string TypeName => "payment";

    /// <summary>Gets the order, or another id of it.</summary>
    public required string OrderId { get; init; }

    /// <summary>Gets the other id, by which refunds may name the order.</summary>
    public required string PaymentId { get; init; }

    /// <summary>Gets the ISO 4217 currency; null if the event has no amounts.</summary>
    public string? Currency { get; init; }

    /// <summary>Gets the paid goods before discounts, in minor units of <see cref="Currency"/>.</summary>
    public long Gross { get; init; }

    /// <summary>Gets the discount in minor units.</summary>
    public long Discount { get; init; }

    /// <summary>Gets the sum of tax and shipping in minor units.</summary>
    public long TaxAndShipping { get; init; }

    /// <summary>
    /// Gets a value that indicates whether a later payment renews the order's subscription; false for a payment between
    /// two renewals, such as an upgrade.
    /// </summary>
    public bool IsRenewal { get; init; } = true;
}
