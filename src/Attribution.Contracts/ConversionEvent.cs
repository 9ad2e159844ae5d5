using System.Text.Json.Serialization;

namespace Attribution.Contracts;

/// <summary>An order without a code, a sign-up or a lead.</summary>
/// <param name="Id">1 to 128 characters, unique within the source.</param>
/// <param name="OccurredAt">Time at which it occurred or was corrected.</param>
/// <param name="Kind"><c>order</c>, <c>signup</c> or <c>lead</c>.</param>
/// <param name="OrderId">Required for <c>order</c>; rejected for other kinds.</param>
/// <param name="ConversionId">Required for <c>signup</c> and <c>lead</c>; rejected for <c>order</c>.</param>
/// <param name="Currency">ISO 4217. Required for an order, and with any amount.</param>
/// <param name="Gross">
/// The goods before discounts, in major units (100.00 is a hundred dollars), without tax and shipping. Required for an
/// order, and with a currency: amounts are reported completely or not at all.
/// </param>
/// <param name="Source">The event's source. Absent: the API key's source.</param>
/// <param name="BrandId">The event's brand. Absent: the API key's brand, or <c>default</c>.</param>
/// <param name="Codes">
/// Discount codes, as in a redemption. Absent: unchanged. An empty list removes codes reported earlier.
/// </param>
/// <param name="Discount">
/// The discount on the goods, in major units, without tax. Absent: 0. Never above <paramref name="Gross"/>.
/// </param>
/// <param name="Tax">All tax, in major units. Never part of net; shares a refund of the total (<c>basis</c>).</param>
/// <param name="Shipping">
/// Shipping, in major units, without tax. Never part of net; shares a refund of the total (<c>basis</c>).
/// </param>
/// <param name="CustomerKey">
/// A hash or an id of the customer; never an e-mail address. It is hashed with the installation's secret before it is
/// stored.
/// </param>
/// <param name="IsNewCustomer">True if this is the customer's first order.</param>
/// <param name="VisitorId">First-party visitor id.</param>
/// <param name="ClickId">Click id known at the time.</param>
/// <param name="StateAt">
/// The sender's time of the state that the event reports. Of several reports of an order, each member comes from the one
/// with the latest time; of equal times, from the one first received later. Absent: <paramref name="OccurredAt"/>. At
/// most one day after the receipt.
/// </param>
/// <param name="RefundIds">
/// The refund ids of all refunds and cancellations of the order that exist as of <paramref name="StateAt"/>, which is
/// then required. A refund that the same source reported, and that the list does not name, is taken back. The list makes
/// no refund: each is reported by an event of its own. Absent: nothing is taken back. Rejected for sign-ups
/// and leads.
/// </param>
/// <param name="Subscription">
/// Id of the subscription that the order begins or renews; another id of its first order. Absent: unchanged. Rejected for
/// sign-ups and leads.
/// </param>
/// <param name="Renewal">
/// True if the order renews a subscription, so that no buyer placed it. Agreements decide whether it pays
/// (<c>renewals</c>). Absent: unchanged. Rejected for sign-ups and leads.
/// </param>
/// <param name="Lines">
/// The lines of the order, at most 200. They divide its net by product and category. Absent: unchanged. An empty list
/// removes lines reported earlier. Lines that are unreadable or do not add up are left out; the order is accepted. Rejected
/// for sign-ups and leads.
/// </param>
public sealed record ConversionEvent(
    string Id, DateTimeOffset OccurredAt, string Kind,
    string? OrderId = null, string? ConversionId = null, string? Currency = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Gross = null,
    string? Source = null, string? BrandId = null, IReadOnlyList<string>? Codes = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Discount = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Tax = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Shipping = null,
    string? CustomerKey = null, bool? IsNewCustomer = null, string? VisitorId = null, string? ClickId = null,
    DateTimeOffset? StateAt = null, IReadOnlyList<string>? RefundIds = null,
    string? Subscription = null, bool? Renewal = null, IReadOnlyList<OrderLine>? Lines = null)
{
    /// <summary>Gets the type, always <c>conversion</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "conversion";
}
