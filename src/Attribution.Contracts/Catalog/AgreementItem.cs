using System.Text.Json.Serialization;

namespace Attribution.Contracts.Catalog;

/// <summary>
/// An agreement on a creator's pay in a campaign. Amounts are in major units of the brand's currency.
/// </summary>
/// <param name="Id">The agreement's id.</param>
/// <param name="CampaignId">Campaign of the placement.</param>
/// <param name="CreatorId">Creator of the placement.</param>
/// <param name="ValidFrom">First local day (inclusive). Null: no start.</param>
/// <param name="ValidTo">Last local day (exclusive). Null: no end.</param>
/// <param name="Commission">The commission per conversion.</param>
/// <param name="Tiers">
/// Rates and amounts that replace the commission's once a threshold is reached in a period. In ascending order.
/// </param>
/// <param name="TiersBy">
/// Measure of the thresholds: <c>net</c> (the default) or <c>orders</c> (credited orders).
/// </param>
/// <param name="TierMode">
/// <c>marginal</c> (the default): each tier applies to the part of the total that is within it. <c>whole</c>: the
/// highest tier reached in the period applies to everything.
/// </param>
/// <param name="Cap">Maximum commission of a period. Fees do not count toward it.</param>
/// <param name="Guarantee">
/// Minimum commission of a period, topped up on its last day. Fees do not count toward it. Requires <c>validFrom</c>,
/// and <c>validTo</c> unless the period is a month.
/// </param>
/// <param name="Period">
/// Period of tiers, cap and guarantee: each local <c>month</c>, or the whole <c>agreement</c> (the default).
/// </param>
/// <param name="Fee">Sum paid once, on <c>validFrom</c>, which is then required.</param>
/// <param name="FeePerPost">
/// Sum paid for each post, on the first local day for which its counters were reported.
/// </param>
/// <param name="HoldingDays">Number of days until earnings become payable, 0 to 400. Absent: 0.</param>
/// <param name="Approval">
/// <c>rule</c> (the default): payable after the holding period. <c>manual</c>: a user must also approve it.
/// </param>
/// <param name="NewCustomersOnly">True if only conversions of new customers pay.</param>
/// <param name="ExcludedCodes">
/// Codes that exclude an order from pay, for example employee codes. Compared trimmed and case-insensitively.
/// </param>
/// <param name="UnknownCustomers">
/// With <c>newCustomersOnly</c>, for conversions without a customer key, of which it is unknown whether the customer is
/// new. <c>hold</c> (the default): they do not pay unless it becomes known that the customer is new. <c>pay</c>: they
/// pay.
/// </param>
/// <param name="Renewals">
/// The renewals of a subscription that pay, counted from its first order: <c>none</c>, <c>all</c>, the first so many
/// (<c>3</c>), or those within a time, without its last day (<c>P12M</c>, <c>P1Y</c>, <c>P8W</c>, <c>P90D</c>). Such a
/// renewal is credited as the first order was. Absent: renewals reported as orders pay like orders, and later payments
/// of an order do not count.
/// </param>
/// <param name="ExcludedProducts">
/// Products whose lines earn no commission. Compared trimmed and case-insensitively. An order of such lines only earns
/// nothing; orders without lines are paid as a whole.
/// </param>
/// <param name="ExcludedCategories">
/// Categories whose lines earn no commission, unless the agreement has a rate for the product.
/// </param>
/// <param name="ProductRates">
/// Rates of products and categories that replace the commission's rate. A product's own rate or exclusion precedes
/// that of its category. Not allowed with tiers.
/// </param>
public sealed record AgreementItem(
    string Id, string CampaignId, string CreatorId, CommissionItem Commission,
    DateOnly? ValidFrom = null, DateOnly? ValidTo = null,
    IReadOnlyList<TierItem>? Tiers = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Cap = null,
    bool NewCustomersOnly = false, IReadOnlyList<string>? ExcludedCodes = null,
    string? TiersBy = null, string? TierMode = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Guarantee = null,
    string? Period = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Fee = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? FeePerPost = null,
    int? HoldingDays = null, string? Approval = null, string? UnknownCustomers = null, string? Renewals = null,
    IReadOnlyList<string>? ExcludedProducts = null, IReadOnlyList<string>? ExcludedCategories = null,
    IReadOnlyList<ProductRateItem>? ProductRates = null) : ICatalogItem
{
    /// <summary>The value of <c>tiersBy</c> for credited orders.</summary>
    public const string ByOrders = "orders";

    /// <summary>The value of <c>tierMode</c> for a tier that applies to the whole period.</summary>
    public const string WholeTiers = "whole";

    /// <summary>The value of <c>approval</c> for approval by a user.</summary>
    public const string ApprovedByHand = "manual";

    /// <summary>The value of <c>unknownCustomers</c> to pay for unknown customers.</summary>
    public const string PayUnknown = "pay";

    /// <summary>The value of <c>period</c> for local months.</summary>
    public const string Month = "month";
}
