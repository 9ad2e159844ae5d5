using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Host.Ingest.Webhooks.Shopify;

/// <summary>
/// Maps an order in its current state, whatever the topic. States of one order are ordered by <c>updated_at</c>, and
/// within its second by the header <c>X-Shopify-Triggered-At</c>.
/// </summary>
internal static class ShopifyOrder
{
    private const string TriggeredAt = "X-Shopify-Triggered-At";

    // A trigger within this time after its state's second is kept to the millisecond; later ones only in their order.
    private const double ExactMilliseconds = 900;

    private const double LastMillisecond = 999;

    private static readonly string[] PaidStatuses = ["paid", "partially_refunded", "refunded"];

    // The order counts while it is paid.
    private static readonly string[] UnpaidStatuses = ["pending", "authorized", "voided", "expired"];

    // Orders that the shop creates itself when a subscription renews: no buyer entered a code.
    private static readonly string[] RenewalSources = ["subscription_contract", "subscription_contract_checkout_one"];

    /// <summary>Maps an order to the events of its state.</summary>
    public static IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery, WebhookPayload order) => MapState(delivery, order).ToEvents();

    /// <summary>Maps an order to its state.</summary>
    /// <exception cref="UnmappableDeliveryException">The order cannot be mapped, or does not count.</exception>
    public static ShopOrderState MapState(WebhookDelivery delivery, WebhookPayload order)
    {
        var id = order.RequiredText("id");
        if (order.Boolean("test")) throw order.Unmappable(RejectionReason.NotCounted, "test", "is a test order.");
        var at = order.Time("processed_at") ?? order.Time("created_at")
            ?? throw order.Unmappable(
                RejectionReason.MemberMissing, "processed_at", "is missing from the shop's payload.");
        var state = new ShopOrderState(delivery, id, GetStateTime(delivery, order, at)) { CanceledAt = order.Time("cancelled_at") };
        var status = order.Text("financial_status")?.ToLowerInvariant() ?? "unknown";
        if (PaidStatuses.Contains(status)) return MapPaid(state, order, at);
        if (UnpaidStatuses.Contains(status)) return state with { CanceledAt = state.CanceledAt ?? state.At };
        // Something was added to a paid order: until it is paid too, the order counts as before.
        if (status == "partially_paid") return state;
        throw order.Unmappable(
            RejectionReason.NotCounted, "financial_status", $"is '{status}': an order counts from when it is paid.");
    }

    /// <summary>
    /// Maps the deletion of an order, of which Shopify states only the id: it does not count from the instant of the
    /// header <c>X-Shopify-Triggered-At</c>, or else of its receipt.
    /// </summary>
    public static IReadOnlyList<MappedEvent> MapDeleted(WebhookDelivery delivery, WebhookPayload order)
    {
        var at = Rfc3339.TryParse(delivery.Headers[TriggeredAt].ToString(), out var triggered) ? triggered.ToDateTimeOffset()
            : delivery.ReceivedAt ?? throw order.Unmappable(
                RejectionReason.MemberMissing, "updated_at", "is missing, and the time of receipt is unknown.");
        return new ShopOrderState(delivery, order.RequiredText("id"), at) { CanceledAt = at }.ToEvents();
    }

    private static ShopOrderState MapPaid(ShopOrderState state, WebhookPayload order, DateTimeOffset at)
    {
        var goods = order.Objects("line_items").Where(ShopifyMoney.IsGoods).ToList();
        if (goods.Count == 0)
            throw order.Unmappable(
                RejectionReason.NotCounted, "line_items", "contains only gift cards and tips, which are not goods.");
        var taxInside = order.Boolean("taxes_included");
        var evidence = new ShopEvidence(state.Delivery);
        var customer = evidence.GetObject(order, "customer");
        var isRenewal = RenewalSources.Contains(evidence.GetText(order, "source_name"));
        var mapped = new ConversionEvent(
            "", at, "order", Currency: order.RequiredText("currency"),
            Gross: Math.Max(
                0, goods.Sum(line => ShopifyMoney.GetPrice(line) - (taxInside ? ShopifyMoney.GetTax(line) : 0))),
            Discount: goods.Sum(ShopifyMoney.GetDiscount),
            Tax: Math.Max(0, order.AmountOrZero("total_tax")),
            Shipping: evidence.GetObject(order, "total_shipping_price_set")?.Object("shop_money") is { } shipping
                ? Math.Max(0, shipping.AmountOrZero("amount")) : null,
            Codes: isRenewal ? [] : evidence.GetCodes(order, "discount_codes"),
            CustomerKey: customer is { } known ? evidence.GetCustomerKey(known, "id") : null,
            // Only a count of one is final: a higher count may include later orders.
            IsNewCustomer: customer is { } counted && evidence.GetText(counted, "orders_count") == "1" ? true : null,
            VisitorId: evidence.GetId(order, "note_attributes", "name", ShopEventMapper.VisitorIdName),
            ClickId: evidence.GetId(order, "note_attributes", "name", ShopEventMapper.ClickIdName)
                ?? ShopEventMapper.GetClickId(evidence.GetText(order, "landing_site")),
            Renewal: isRenewal ? true : null,
            Lines: [.. goods.Select(line => ShopifyLines.MapLine(line, taxInside, evidence))]);
        return state with
        {
            Order = mapped, LeftOut = evidence.LeftOut,
            Refunds = [.. order.Objects("refunds").Select(refund => ShopifyRefund.MapWithinOrder(refund, order, goods, evidence)).OfType<ShopRefund>()],
        };
    }

    /// <summary>
    /// Returns the instant of the state. <c>updated_at</c> has whole seconds, and what triggered the delivery happened
    /// within that second, or shortly after it. The instant stays within the second, so that a state of the next one is
    /// newer, and keeps the order of the triggers.
    /// </summary>
    private static DateTimeOffset GetStateTime(WebhookDelivery delivery, WebhookPayload order, DateTimeOffset at)
    {
        var updated = order.Time("updated_at") ?? at;
        if (updated.Millisecond != 0 || !Rfc3339.TryParse(delivery.Headers[TriggeredAt].ToString(), out var triggered))
            return updated;
        var after = Math.Max(0, (triggered.ToDateTimeOffset() - updated).TotalMilliseconds);
        var late = after - ExactMilliseconds;
        return updated.AddMilliseconds(
            late <= 0 ? after : ExactMilliseconds + ((LastMillisecond - ExactMilliseconds) * late / (late + 1000)));
    }
}
