namespace Attribution.Simulator;

/// <summary>
/// The final state of an order, sign-up or lead, regardless of the events that led to it. Money in minor units.
/// </summary>
internal sealed record ConversionFact
{
    public required string Id { get; init; }

    /// <summary>Gets the kind: <c>order</c>, <c>signup</c> or <c>lead</c>.</summary>
    public required string Kind { get; init; }

    public required DateTimeOffset At { get; init; }

    public long Gross { get; init; }

    public long Discount { get; init; }

    /// <summary>Gets the codes as printed, in the order's own sequence.</summary>
    public IReadOnlyList<string> Codes { get; init; } = [];

    /// <summary>Gets the customer key under which it was reported; null if without one.</summary>
    public string? CustomerKey { get; init; }

    /// <summary>Gets the shop's word on whether the customer is new; null if it gave none.</summary>
    public bool? IsNewCustomer { get; init; }

    /// <summary>Gets the creator who placed the order; null if it is not a self-purchase.</summary>
    public string? BuyingCreator { get; init; }

    /// <summary>Gets the first order of the subscription that a renewal is credited as; null for other conversions.</summary>
    public ConversionFact? FirstOrder { get; init; }

    /// <summary>Gets the refunds, one per refund id.</summary>
    public List<RefundFact> Refunds { get; init; } = [];
}
