using System.Globalization;
using Attribution.Contracts;

namespace Attribution.Host.Ingest.Webhooks.Shopify;

/// <summary>
/// An order is mapped as it stands, whatever the topic: its statement, its refunds and its cancellation. So any one delivery makes up for
/// those that went missing, and one that comes late changes nothing: statements of one order are told apart by <c>updated_at</c>, and the
/// newest counts.
/// </summary>
internal static class ShopifyOrder
{
    private static readonly string[] PaidStatuses = ["paid", "partially_refunded", "refunded"];

    // What the shop makes by itself on a subscription's day; nobody entered a code then.
    private static readonly string[] RenewalSources = ["subscription_contract", "subscription_contract_checkout_one"];

    public static IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery, WebhookPayload order)
    {
        var id = order.RequiredText("id");
        if (order.Boolean("test")) throw order.Unmappable(RejectionReason.NotCounted, "test", "is a test order.");
        var status = order.Text("financial_status") ?? "unknown";
        if (!PaidStatuses.Contains(status)) throw order.Unmappable(RejectionReason.NotCounted, "financial_status", $"is '{status}': an order counts from when it is paid.");

        var goods = order.Objects("line_items").Where(line => !line.Boolean("gift_card")).ToList();
        if (goods.Count == 0) throw order.Unmappable(RejectionReason.NotCounted, "line_items", "holds nothing but gift cards, which are money for later, not goods.");

        var taxInside = order.Boolean("taxes_included");
        var events = new List<MappedEvent> { MapOrder(delivery, order, id, goods, taxInside) };
        foreach (var refund in order.Objects("refunds"))
        {
            if (ShopifyRefund.MapWithinOrder(delivery, refund, id, order.RequiredText("currency"), taxInside) is { } given) events.Add(given);
        }

        if (order.Time("cancelled_at") is { } cancelledAt)
            events.Add(ShopEventMapper.MapRefund(new RefundEvent($"cancel:{id}", cancelledAt, delivery.QualifyId(id), "cancel", "cancel")));
        return events;
    }

    private static MappedEvent MapOrder(WebhookDelivery delivery, WebhookPayload order, string id, List<WebhookPayload> goods, bool taxInside)
    {
        var at = order.Time("processed_at") ?? order.Time("created_at") ?? throw order.Unmappable(RejectionReason.MemberMissing, "processed_at", "is missing from the shop's payload.");
        var version = (order.Time("updated_at") ?? at).ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var customer = order.Object("customer");
        var attributes = order.Objects("note_attributes");
        return ShopEventMapper.MapOrder(new ConversionEvent(
            $"order:{id}:{version}", at, "order", OrderId: delivery.QualifyId(id), Currency: order.RequiredText("currency"),
            Gross: goods.Sum(line => (line.AmountOrZero("price") * line.AmountOrZero("quantity")) - (taxInside ? GetTax(line) : 0)),
            Discount: goods.Sum(line => line.Objects("discount_allocations").Sum(allocation => allocation.AmountOrZero("amount"))),
            Tax: order.AmountOrZero("total_tax"),
            Shipping: order.Object("total_shipping_price_set")?.Object("shop_money")?.AmountOrZero("amount"),
            Codes: RenewalSources.Contains(order.Text("source_name")) ? [] : [.. order.Objects("discount_codes").Select(code => code.Text("code")).OfType<string>()],
            CustomerKey: customer?.Text("id") is { Length: > 0 } customerId ? delivery.QualifyId(customerId) : null,
            // Only "this was the first" stays true: a count above one may be of orders that came after this one.
            IsNewCustomer: customer?.Amount("orders_count") == 1 ? true : null,
            VisitorId: Attribute(ShopEventMapper.VisitorIdName),
            ClickId: Attribute(ShopEventMapper.ClickIdName) ?? ShopEventMapper.GetClickId(order.Text("landing_site"))));

        string? Attribute(string name) => attributes.Where(one => one.Text("name") == name).Select(one => one.Text("value")).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
    }

    private static decimal GetTax(WebhookPayload line) => line.Objects("tax_lines").Sum(tax => tax.AmountOrZero("price"));
}
