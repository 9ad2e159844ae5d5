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
    private static readonly string[] Paid = ["paid", "partially_refunded", "refunded"];

    // What the shop makes by itself on a subscription's day; nobody entered a code then.
    private static readonly string[] Renewals = ["subscription_contract", "subscription_contract_checkout_one"];

    public static IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery, Payload order)
    {
        var id = order.Needed("id");
        if (order.Flag("test")) throw order.Not(RejectionReason.NotCounted, "test", "is a test order.");
        var status = order.Text("financial_status") ?? "unknown";
        if (!Paid.Contains(status)) throw order.Not(RejectionReason.NotCounted, "financial_status", $"is '{status}': an order counts from when it is paid.");

        var goods = order.List("line_items").Where(line => !line.Flag("gift_card")).ToList();
        if (goods.Count == 0) throw order.Not(RejectionReason.NotCounted, "line_items", "holds nothing but gift cards, which are money for later, not goods.");

        var taxInside = order.Flag("taxes_included");
        var events = new List<MappedEvent> { Statement(delivery, order, id, goods, taxInside) };
        foreach (var refund in order.List("refunds"))
        {
            if (ShopifyRefund.OfOrder(delivery, refund, id, order.Needed("currency"), taxInside) is { } given) events.Add(given);
        }

        if (order.Time("cancelled_at") is { } cancelledAt)
            events.Add(ShopEvents.Refund(new RefundEvent($"cancel:{id}", cancelledAt, delivery.Own(id), "cancel", "cancel")));
        return events;
    }

    private static MappedEvent Statement(WebhookDelivery delivery, Payload order, string id, List<Payload> goods, bool taxInside)
    {
        var at = order.Time("processed_at") ?? order.Time("created_at") ?? throw order.Not(RejectionReason.MemberMissing, "processed_at", "is missing from the shop's payload.");
        var version = (order.Time("updated_at") ?? at).ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var customer = order.Object("customer");
        var attributes = order.List("note_attributes");
        return ShopEvents.Order(new ConversionEvent(
            $"order:{id}:{version}", at, "order", OrderId: delivery.Own(id), Currency: order.Needed("currency"),
            Gross: goods.Sum(line => (line.Money("price") * line.Money("quantity")) - (taxInside ? TaxOf(line) : 0)),
            Discount: goods.Sum(line => line.List("discount_allocations").Sum(allocation => allocation.Money("amount"))),
            Tax: order.Money("total_tax"),
            Shipping: order.Object("total_shipping_price_set")?.Object("shop_money")?.Money("amount"),
            Codes: Renewals.Contains(order.Text("source_name")) ? [] : [.. order.List("discount_codes").Select(code => code.Text("code")).OfType<string>()],
            CustomerKey: customer?.Text("id") is { Length: > 0 } customerId ? delivery.Own(customerId) : null,
            // Only "this was the first" stays true: a count above one may be of orders that came after this one.
            IsNewCustomer: customer?.Amount("orders_count") == 1 ? true : null,
            VisitorId: Attribute(ShopEvents.Visitor),
            ClickId: Attribute(ShopEvents.Click) ?? ShopEvents.ClickOf(order.Text("landing_site"))));

        string? Attribute(string name) => attributes.Where(one => one.Text("name") == name).Select(one => one.Text("value")).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
    }

    private static decimal TaxOf(Payload line) => line.List("tax_lines").Sum(tax => tax.Money("price"));
}
