using System.Globalization;
using Attribution.Contracts;

namespace Attribution.Host.Ingest.Webhooks.WooCommerce;

/// <summary>
/// Maps an order in its current state, whatever the topic: the order, its refunds and its cancellation. A single
/// delivery therefore replaces missed ones, and a late delivery changes nothing: events of one order are ordered by
/// <c>date_modified_gmt</c>, and the newest counts.
/// </summary>
internal static class WooCommerceOrder
{
    private static readonly string[] PaidStatuses = ["processing", "completed", "refunded"];

    public static IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery, WebhookPayload order)
    {
        var id = order.RequiredText("id");
        var status = order.RequiredText("status");
        if (!PaidStatuses.Contains(status) && order.Time("date_paid_gmt", "Z") is null)
            throw order.Unmappable(
                RejectionReason.NotCounted, "status", $"is '{status}' and no payment is known: an order counts from when it is paid.");

        var lines = order.Objects("line_items");
        var (subtotal, total) = (
            lines.Sum(line => line.AmountOrZero("subtotal")), lines.Sum(line => line.AmountOrZero("total")));
        var at = order.Time("date_created_gmt", "Z")
            ?? throw order.Unmappable(
                RejectionReason.MemberMissing, "date_created_gmt", "is missing from the shop's payload.");
        var modified = order.Time("date_modified_gmt", "Z") ?? at;
        var events = new List<MappedEvent> { MapOrder(delivery, order, id, at, modified, subtotal, total) };
        foreach (var refund in order.Objects("refunds"))
        {
            if (MapRefund(delivery, refund, order, id, modified, total) is { } given) events.Add(given);
        }

        if (status == "cancelled")
            events.Add(ShopEventMapper.MapRefund(
                new RefundEvent($"cancel:{id}", modified, delivery.QualifyId(id), "cancel", "cancel")));
        return events;
    }

    private static MappedEvent MapOrder(
        WebhookDelivery delivery, WebhookPayload order, string id, DateTimeOffset at, DateTimeOffset modified, decimal subtotal, decimal total)
    {
        var meta = order.Objects("meta_data");
        var isRenewal = order.Text("created_via") == "subscription" || meta.Any(
            item => item.Text("key") == "_subscription_renewal");
        return ShopEventMapper.MapOrder(new ConversionEvent(
            string.Create(CultureInfo.InvariantCulture, $"order:{id}:{modified.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}"), at, "order",
            OrderId: delivery.QualifyId(id), Currency: order.RequiredText("currency"),
            Gross: subtotal,
            // A price raised by hand is not a discount.
            Discount: Math.Max(0, subtotal - total),
            Tax: order.AmountOrZero("total_tax"), Shipping: order.AmountOrZero("shipping_total"),
            Codes: isRenewal ? []
                : [.. order.Objects("coupon_lines").Select(coupon => coupon.Text("code")).OfType<string>()],
            CustomerKey: order.Text("customer_id") is { Length: > 0 } customer and not "0"
                ? delivery.QualifyId(customer) : null,
            VisitorId: Meta(ShopEventMapper.VisitorIdName),
            ClickId: Meta(ShopEventMapper.ClickIdName) ?? ShopEventMapper.GetClickId(
                Meta("_wc_order_attribution_session_entry"))));

        string? Meta(string name) =>
            meta.Where(item => item.Text("key") == name).Select(item => item.Text("value"))
                .FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
    }

    /// <summary>
    /// Maps a refund, of which the order states the sum only. Its share of goods is that of the goods in the order's
    /// total, so that a full refund returns all goods. Its time is that of the first delivery that lists it.
    /// </summary>
    private static MappedEvent? MapRefund(
        WebhookDelivery delivery, WebhookPayload refund, WebhookPayload order, string id, DateTimeOffset modified, decimal goods)
    {
        var refundId = refund.RequiredText("id");
        var (given, whole) = (Math.Abs(refund.AmountOrZero("total")), order.AmountOrZero("total"));
        var amount = whole > 0 ? Math.Min(given / whole, 1) * goods : 0;
        return amount <= 0 ? null
            : ShopEventMapper.MapRefund(
                new RefundEvent(
                    $"refund:{refundId}", modified, delivery.QualifyId(id), refundId, "refund", order.RequiredText("currency"), amount));
    }
}
