using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>
/// A conversion as reported by one event: an order with or without codes, a sign-up or a lead. Members that the event
/// omits are null.
/// </summary>
public sealed record ReportedConversion : PersonEvent, IStateReport
{
    /// <inheritdoc/>
    public override string TypeName => "conversion";

    /// <summary>Gets the kind of conversion.</summary>
    public required ConversionKind Kind { get; init; }

    /// <summary>
    /// Gets the order id, or the conversion id if the kind is not <see cref="ConversionKind.Order"/>.
    /// </summary>
    public required string ConversionId { get; init; }

    /// <summary>Gets the ISO 4217 currency; always reported together with amounts.</summary>
    public string? Currency { get; init; }

    /// <summary>Gets the goods before discounts, in minor units of <see cref="Currency"/>.</summary>
    public long? Gross { get; init; }

    /// <summary>Gets the discount in minor units.</summary>
    public long? Discount { get; init; }

    /// <summary>
    /// Gets the sum of tax and shipping in minor units, which a refund of the total includes; null if neither was
    /// reported.
    /// </summary>
    public long? TaxAndShipping { get; init; }

    /// <summary>Gets the normalized codes in the order of use. An empty list removes codes reported earlier.</summary>
    public IReadOnlyList<string>? Codes { get; init; }

    /// <summary>Gets the customer key.</summary>
    public string? CustomerKey { get; init; }

    /// <summary>Gets a value that indicates whether this is the customer's first order.</summary>
    public bool? IsNewCustomer { get; init; }

    /// <summary>Gets the first-party visitor id.</summary>
    public string? VisitorId { get; init; }

    /// <summary>Gets the click id known at the time.</summary>
    public string? ClickId { get; init; }

    /// <inheritdoc/>
    public Timestamp? StateAt { get; init; }

    /// <inheritdoc/>
    public Timestamp? ReceivedAt { get; init; }

    /// <summary>
    /// Gets the ids of all refunds and cancellations of the order as of <see cref="StateAt"/>; null if the event does
    /// not list them.
    /// </summary>
    public IReadOnlyList<string>? RefundIds { get; init; }

    /// <summary>Gets the subscription of the order; null if the event does not state it.</summary>
    public string? SubscriptionId { get; init; }

    /// <summary>
    /// Gets a value that indicates whether the order renews a subscription without its buyer; null if the event
    /// does not state it.
    /// </summary>
    public bool? IsRenewal { get; init; }

    /// <summary>
    /// Gets the lines, which add up to the amounts of this report; null if the event does not state them. An empty list
    /// removes lines reported earlier.
    /// </summary>
    public IReadOnlyList<ReportedLine>? Lines { get; init; }
}
