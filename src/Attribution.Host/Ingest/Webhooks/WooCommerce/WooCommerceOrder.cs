using System.Globalization;
using Attribution.Contracts;

namespace Attribution.Host.Ingest.Webhooks.WooCommerce;

/// <summary>
/// An order is mapped as it stands, whatever the topic: its statement, its refunds and its cancellation. So any one delivery makes up for
/// those that went missing, and one that comes late changes nothing: statements of one order are told apart by <c>date_modified_gmt</c>, and
/// the newest counts.
/// </summary>
internal static class WooCommerceOrder
{
    private static readonly string[] Paid = ["processing", "completed", "refunded"];

    public static IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery, Payload order)
    {
        var id = order.Needed("id");
        var status = order.Needed("status");
        if (!Paid.Contains(status) && order.Time("date_paid_gmt", "Z") is null)
            throw order.Not(RejectionReason.NotCounted, "status", $"is '{status}' and no payment is known: an order counts from when it is paid.");

        var lines = order.List("line_items");
        var (subtotal, total) = (lines.Sum(line => line.Money("subtotal")), lines.Sum(line => line.Money("total")));
        var at = order.Time("date_created_gmt", "Z") ?? throw order.Not(RejectionReason.MemberMissing, "date_created_gmt", "is missing from the shop's payload.");
        var modified = order.Time("date_modified_gmt", "Z") ?? at;
        var events = new List<MappedEvent> { Statement(delivery, order, id, at, modified, subtotal, total) };
        foreach (var refund in order.List("refunds"))
        {
            if (Refund(delivery, refund, order, id, modified, total) is { } given) events.Add(given);
        }

        if (status == "cancelled")
            events.Add(ShopEvents.Refund(new RefundEvent($"cancel:{id}", modified, delivery.Own(id), "cancel", "cancel")));
        return events;
    }

    private static MappedEvent Statement(
        WebhookDelivery delivery, Payload order, string id, DateTimeOffset at, DateTimeOffset modified, decimal subtotal, decimal total)
    {
        var meta = order.List("meta_data");
        var isRenewal = order.Text("created_via") == "subscription" || meta.Any(one => one.Text("key") == "_subscription_renewal");
        return ShopEvents.Order(new ConversionEvent(
            string.Create(CultureInfo.InvariantCulture, $"order:{id}:{modified.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}"), at, "order",
            OrderId: delivery.Own(id), Currency: order.Needed("currency"),
            Gross: subtotal,
            // A line may have been made dearer by hand; that is no discount.
            Discount: Math.Max(0, subtotal - total),
            Tax: order.Money("total_tax"), Shipping: order.Money("shipping_total"),
            Codes: isRenewal ? [] : [.. order.List("coupon_lines").Select(coupon => coupon.Text("code")).OfType<string>()],
            CustomerKey: order.Text("customer_id") is { Length: > 0 } customer and not "0" ? delivery.Own(customer) : null,
            VisitorId: Meta(ShopEvents.Visitor),
            ClickId: Meta(ShopEvents.Click) ?? ShopEvents.ClickOf(Meta("_wc_order_attribution_session_entry"))));

        string? Meta(string name) => meta.Where(one => one.Text("key") == name).Select(one => one.Text("value")).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
    }

    /// <summary>
    /// The order lists its refunds by their sums alone. The goods' share is that of the goods in the order's total, so what gives back all
    /// gives back all goods; it is dated by the first delivery that lists it.
    /// </summary>
    private static MappedEvent? Refund(WebhookDelivery delivery, Payload refund, Payload order, string id, DateTimeOffset modified, decimal goods)
    {
        var refundId = refund.Needed("id");
        var (given, whole) = (Math.Abs(refund.Money("total")), order.Money("total"));
        var amount = whole > 0 ? Math.Min(given / whole, 1) * goods : 0;
        return amount <= 0 ? null
            : ShopEvents.Refund(new RefundEvent($"refund:{refundId}", modified, delivery.Own(id), refundId, "refund", order.Needed("currency"), amount));
    }
}
