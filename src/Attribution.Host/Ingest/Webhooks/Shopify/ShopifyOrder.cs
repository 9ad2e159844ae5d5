using System.Globalization;
using Attribution.Contracts;

namespace Attribution.Host.Ingest.Webhooks.Shopify;

/// <summary>
/// Maps an order in its current state, whatever the topic: the order, its refunds and its cancellation. A single
/// delivery therefore replaces missed ones, and a late delivery changes nothing: events of one order are ordered by
/// <c>updated_at</c>, and the newest counts.
/// </summary>
internal static class ShopifyOrder
{
    private static readonly string[] PaidStatuses = ["paid", "partially_refunded", "refunded"];

    // Orders that the shop creates itself when a subscription renews: no buyer entered a code.
    private static readonly string[] RenewalSources = ["subscription_contract", "subscription_contract_checkout_one"];

    public static IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery, WebhookPayload order)
    {
        var id = order.RequiredText("id");
        if (order.Boolean("test")) throw order.Unmappable(RejectionReason.NotCounted, "test", "is a test order.");
        var status = order.Text("financial_status") ?? "unknown";
        if (!PaidStatuses.Contains(status))
            throw order.Unmappable(
                RejectionReason.NotCounted, "financial_status", $"is '{status}': an order counts from when it is paid.");

        var goods = order.Objects("line_items").Where(line => !line.Boolean("gift_card")).ToList();
        if (goods.Count == 0)
            throw order.Unmappable(
                RejectionReason.NotCounted, "line_items", "contains only gift cards, which are a means of payment, not goods.");

        var taxInside = order.Boolean("taxes_included");
        var events = new List<MappedEvent> { MapOrder(delivery, order, id, goods, taxInside) };
        foreach (var refund in order.Objects("refunds"))
        {
            if (ShopifyRefund.MapWithinOrder(delivery, refund, id, order.RequiredText("currency"), taxInside) is { } given)
                events.Add(given);
        }

        if (order.Time("cancelled_at") is { } cancelledAt)
            events.Add(ShopEventMapper.MapRefund(
                new RefundEvent($"cancel:{id}", cancelledAt, delivery.QualifyId(id), "cancel", "cancel")));
        return events;
    }

    private static MappedEvent MapOrder(
        WebhookDelivery delivery, WebhookPayload order, string id, List<WebhookPayload> goods, bool taxInside)
    {
        var at = order.Time("processed_at") ?? order.Time("created_at")
            ?? throw order.Unmappable(
                RejectionReason.MemberMissing, "processed_at", "is missing from the shop's payload.");
        var version = (order.Time("updated_at") ?? at).ToUniversalTime()
            .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var customer = order.Object("customer");
        var attributes = order.Objects("note_attributes");
        return ShopEventMapper.MapOrder(new ConversionEvent(
            $"order:{id}:{version}", at, "order", OrderId: delivery.QualifyId(id), Currency: order.RequiredText("currency"),
            Gross: goods.Sum(
                line => (line.AmountOrZero("price") * line.AmountOrZero("quantity")) - (taxInside ? GetTax(line) : 0)),
            Discount: goods.Sum(
                line => line.Objects("discount_allocations").Sum(allocation => allocation.AmountOrZero("amount"))),
            Tax: order.AmountOrZero("total_tax"),
            Shipping: order.Object("total_shipping_price_set")?.Object("shop_money")?.AmountOrZero("amount"),
            Codes: RenewalSources.Contains(order.Text("source_name"))
                ? [] : [.. order.Objects("discount_codes").Select(code => code.Text("code")).OfType<string>()],
            CustomerKey: customer?.Text("id") is { Length: > 0 } customerId ? delivery.QualifyId(customerId) : null,
            // Only a count of one is final: a higher count may include later orders.
            IsNewCustomer: customer?.Amount("orders_count") == 1 ? true : null,
            VisitorId: Attribute(ShopEventMapper.VisitorIdName),
            ClickId: Attribute(ShopEventMapper.ClickIdName) ?? ShopEventMapper.GetClickId(order.Text("landing_site"))));

        string? Attribute(string name) =>
            attributes.Where(item => item.Text("name") == name).Select(item => item.Text("value"))
                .FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
    }

    private static decimal GetTax(WebhookPayload line) =>
        line.Objects("tax_lines").Sum(tax => tax.AmountOrZero("price"));
}
