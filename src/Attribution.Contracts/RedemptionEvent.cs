using System.Text.Json.Serialization;

namespace Attribution.Contracts;

/// <summary>
/// An order that used discount codes. Two events with the same <c>orderId</c> are one order; the members of the later
/// event replace those of the earlier one.
/// </summary>
/// <param name="Id">1 to 128 characters, unique within the source.</param>
/// <param name="OccurredAt">Time at which the order was placed or corrected.</param>
/// <param name="OrderId">The shop's order number, unique within the brand.</param>
/// <param name="Codes">The discount codes in the order of use. An empty list removes codes reported earlier.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Gross">
/// The goods before discounts, in major units (100.00 is a hundred dollars), without tax and shipping.
/// </param>
/// <param name="Source">The event's source. Absent: the API key's source.</param>
/// <param name="BrandId">The event's brand. Absent: the API key's brand, or <c>default</c>.</param>
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
/// <param name="VisitorId">First-party visitor id at the checkout.</param>
/// <param name="ClickId">Click id known at the checkout.</param>
/// <param name="StateAt">
/// The sender's time of the state that the event reports. Of several reports of an order, each member comes from the one
/// with the latest time; of equal times, from the one first received later. Absent: <paramref name="OccurredAt"/>. At
/// most one day after the receipt.
/// </param>
/// <param name="RefundIds">
/// The refund ids of all refunds and cancellations of the order that exist as of <paramref name="StateAt"/>, which is
/// then required. A refund that the same source reported, and that the list does not name, is taken back. The list makes
/// no refund: each is reported by an event of its own. Absent: nothing is taken back.
/// </param>
/// <param name="Subscription">
/// Id of the subscription that the order begins or renews; another id of its first order. Absent: unchanged.
/// </param>
/// <param name="Renewal">
/// True if the order renews a subscription, so that no buyer placed it. Agreements decide whether it pays
/// (<c>renewals</c>). Absent: unchanged.
/// </param>
/// <param name="Lines">
/// The lines of the order, at most 200. They divide its net by product and category. Absent: unchanged. An empty list
/// removes lines reported earlier. Lines that are unreadable or do not add up are left out; the order is accepted.
/// </param>
public sealed record RedemptionEvent(
    string Id, DateTimeOffset OccurredAt, string OrderId, IReadOnlyList<string> Codes, string Currency,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal Gross,
    string? Source = null, string? BrandId = null,
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
    /// <summary>Gets the type, always <c>redemption</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "redemption";
}
