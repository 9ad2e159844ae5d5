using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Webhooks;

/// <summary>
/// An order as its shop states it at an instant, complete: what the newest state does not contain is taken back. Any
/// delivery therefore makes up for missed ones, and a late one changes nothing.
/// </summary>
/// <param name="Delivery">The delivery that states it.</param>
/// <param name="Id">The shop's id of the order.</param>
/// <param name="At">The instant of the state, by the shop's clock.</param>
internal sealed record ShopOrderState(WebhookDelivery Delivery, string Id, DateTimeOffset At)
{
    /// <summary>Refund id of a cancellation.</summary>
    public const string CancelId = "cancel";

    /// <summary>Refund id of the refunded sum in a shop's export, which does not list refunds.</summary>
    public const string ExportedRefundId = "export";

    // Enough to tell the states of one order and second apart.
    private const int DigestBytes = 6;

    // Longer ids of shops do not fit into the id of an event.
    private const int MaxIdLength = 64;

    /// <summary>
    /// Gets the order; null when the state only decides if the order counts, as that of an order that was never paid.
    /// </summary>
    public ConversionEvent? Order { get; init; }

    /// <summary>Gets all refunds of goods, with amounts above 0.</summary>
    public IReadOnlyList<ShopRefund> Refunds { get; init; } = [];

    /// <summary>Gets the claims of referral that came with the order.</summary>
    public IReadOnlyList<ReferralEvent> Referrals { get; init; } = [];

    /// <summary>Gets the time from which the order does not count; null when it counts.</summary>
    public DateTimeOffset? CanceledAt { get; init; }

    /// <summary>
    /// Gets what tells the state in the ids of its events from the order's other states, if the shop does not state its
    /// instant, so that <see cref="At"/> differs for a repeated delivery; null otherwise.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>Gets the members that were left out.</summary>
    public IReadOnlyList<EventFault> LeftOut { get; init; } = [];

    /// <summary>Returns the events of the state. The order's comes first and names all its refunds.</summary>
    public IReadOnlyList<MappedEvent> ToEvents()
    {
        var events = new List<MappedEvent>();
        var orderId = Delivery.QualifyId(Id);
        if (Order is { } order)
        {
            var leftOut = new List<EventFault>(LeftOut);
            var complete = ShopLines.Fit(
                ShopEventMapper.Round(order) with
                {
                    OrderId = orderId, StateAt = At,
                    RefundIds = [.. Refunds.Select(refund => refund.Id), .. CanceledAt is null ? (string[])[] : [CancelId]],
                },
                leftOut);
            events.Add(
                MappedEvent.FromTyped(complete with { Id = CreateId("order", Id, complete, ContractsJson.Default.ConversionEvent) })
                with { OrderId = orderId, LeftOut = leftOut });
            events.AddRange(Referrals.Select(referral => MappedEvent.FromTyped(referral)));
            foreach (var refund in Refunds)
            {
                events.Add(MapRefund(
                    "refund", refund.Id,
                    new("", refund.At, orderId, refund.Id, refund.Kind, refund.Currency, refund.Amount) { Lines = refund.Lines }));
            }
        }

        if (CanceledAt is not null || Order is null)
        {
            events.Add(MapRefund(
                CancelId, Id, new("", CanceledAt ?? At, orderId, CancelId, CancelId) { Void = CanceledAt is null ? true : null }));
        }

        return events;
    }

    private MappedEvent MapRefund(string kind, string id, RefundEvent refund)
    {
        var leftOut = new List<EventFault>();
        var complete = ShopLines.Fit(ShopEventMapper.Round(refund) with { StateAt = At }, leftOut);
        return MappedEvent.FromTyped(complete with { Id = CreateId(kind, id, complete, ContractsJson.Default.RefundEvent) })
            with { OrderId = refund.OrderId, LeftOut = leftOut };
    }

    /// <summary>
    /// Creates an event's id from the instant and a digest of its contents: a repeated delivery has the same ids, and of
    /// two states of one second both count.
    /// </summary>
    private string CreateId<T>(string kind, string id, T contents, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        if (id.Length > MaxIdLength) id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
        if (Key is not null) return $"{kind}:{id}:{Key}";
        var digest = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(contents, type)).AsSpan(0, DigestBytes);
        var time = At.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        return $"{kind}:{id}:{time}:{Convert.ToHexStringLower(digest)}";
    }
}

/// <summary>A refund of an order's goods.</summary>
/// <param name="Id">The shop's id of the refund.</param>
/// <param name="At">Its time.</param>
/// <param name="Currency">The order's currency.</param>
/// <param name="Amount">The value of the goods, without tax, above 0.</param>
/// <param name="Kind"><c>refund</c> or <c>chargeback</c>.</param>
/// <param name="Lines">The lines that it gives back; null if it names none.</param>
internal sealed record ShopRefund(
    string Id, DateTimeOffset At, string Currency, decimal Amount, string Kind = "refund", IReadOnlyList<RefundLine>? Lines = null);
