using System.Text.Json.Serialization;

namespace Attribution.Contracts;

/// <summary>A full or partial refund, or the taking back of one. It may arrive before its order.</summary>
/// <param name="Id">1 to 128 characters, unique within the source.</param>
/// <param name="OccurredAt">Time of the refund.</param>
/// <param name="OrderId">The refunded order.</param>
/// <param name="RefundId">
/// Counts once per order. If several events have it, the latest applies: the one with the greatest <c>stateAt</c>, else
/// <c>occurredAt</c>; of equal ones the one first received later, then the greatest (source, id).
/// </param>
/// <param name="Kind"><c>refund</c>, <c>cancel</c> or <c>chargeback</c>.</param>
/// <param name="Currency">ISO 4217. Required with an amount.</param>
/// <param name="Amount">
/// Refunded part of the goods, in major units (100.00 is a hundred dollars), without tax and shipping; above 0. For
/// <c>cancel</c>, which refunds the entire remainder, and with <paramref name="Void"/> it may be absent or 0.
/// </param>
/// <param name="Basis">
/// <c>goods</c> (the default): the amount is the refunded part of the goods. <c>total</c>: it is a part of what was paid
/// in total, with tax and shipping. The goods' share of it is refunded, by the order's own amounts.
/// </param>
/// <param name="Source">The event's source. Absent: the API key's source.</param>
/// <param name="BrandId">The event's brand. Absent: the API key's brand, or <c>default</c>.</param>
/// <param name="Void">
/// True takes the refund with this <paramref name="RefundId"/> back: it counts as not made, and a taken back
/// <c>cancel</c> leaves the order counted. A later event with the same refund id makes it again.
/// </param>
/// <param name="StateAt">
/// The sender's time of the state that the event reports. Absent: <paramref name="OccurredAt"/>. At most one day after
/// the receipt.
/// </param>
/// <param name="Lines">
/// The lines of the order that the refund gives back, at most 200: it lowers these first, and by what is left of its
/// amount all lines by their share. Absent: all lines by their share. Lines that are unreadable or exceed the amount are
/// left out; the refund is accepted.
/// </param>
public sealed record RefundEvent(
    string Id, DateTimeOffset OccurredAt, string OrderId, string RefundId, string Kind,
    string? Currency = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Amount = null,
    string? Source = null, string? BrandId = null, bool? Void = null, DateTimeOffset? StateAt = null, string? Basis = null,
    IReadOnlyList<RefundLine>? Lines = null)
{
    /// <summary>Gets the type, always <c>refund</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "refund";
}
