using System.Text.Json.Serialization;

namespace Attribution.Contracts;

/// <summary>
/// Another id of an order: that of its payment, its invoice or its subscription. A refund that names this id as its order
/// is a refund of the order. With amounts, it is a payment of its own, such as the first invoice after a trial: an order
/// with a net of 0 takes the amounts of its earliest payment that has any. Later payments count as orders of their own
/// where an agreement pays for renewals, and otherwise not.
/// </summary>
/// <param name="Id">1 to 128 characters, unique within the source.</param>
/// <param name="OccurredAt">Time of the payment.</param>
/// <param name="OrderId">The order, or another id of it.</param>
/// <param name="PaymentId">The other id. If several events have it, the one with the greatest (occurredAt, source, id) applies.</param>
/// <param name="Currency">ISO 4217. Required with any amount.</param>
/// <param name="Gross">
/// The paid goods before discounts, in major units (100.00 is a hundred dollars), without tax and shipping. Required
/// with a currency.
/// </param>
/// <param name="Discount">
/// The discount on the goods, in major units, without tax. Absent: 0. Never above <paramref name="Gross"/>.
/// </param>
/// <param name="Tax">Tax, in major units. Never part of net; shares a refund of the total (<c>basis</c>).</param>
/// <param name="Shipping">
/// Shipping, in major units, without tax. Never part of net; shares a refund of the total (<c>basis</c>).
/// </param>
/// <param name="Source">The event's source. Absent: the API key's source.</param>
/// <param name="BrandId">The event's brand. Absent: the API key's brand, or <c>default</c>.</param>
/// <param name="Renewal">
/// False for a later payment between two renewals, such as an upgrade: it is paid like the renewal before it and does
/// not add to their number. Absent: true.
/// </param>
public sealed record PaymentEvent(
    string Id, DateTimeOffset OccurredAt, string OrderId, string PaymentId, string? Currency = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Gross = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Discount = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Tax = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Shipping = null,
    string? Source = null, string? BrandId = null, bool? Renewal = null)
{
    /// <summary>Gets the type, always <c>payment</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "payment";
}
