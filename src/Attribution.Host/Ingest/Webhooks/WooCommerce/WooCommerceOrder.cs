using Attribution.Contracts;

namespace Attribution.Host.Ingest.Webhooks.WooCommerce;

/// <summary>
/// Maps an order in its current state, whatever the topic. States of one order are ordered by
/// <c>date_modified_gmt</c>.
/// </summary>
internal static class WooCommerceOrder
{
    private const string Meta = "meta_data";

    private const string Zeros = "0000-00-00T00:00:00";

    // Cash on delivery is processing before anyone has paid.
    private static readonly string[] PaidStatuses = ["processing", "completed", "refunded"];

    // The order does not count, even if a payment is known.
    private static readonly string[] LostStatuses = ["cancelled", "failed", "trash"];

    /// <summary>Maps an order, created, updated or restored.</summary>
    public static IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery, WebhookPayload order, bool isRestored = false)
    {
        var id = order.RequiredText("id");
        var status = order.RequiredText("status");
        var isPaid = PaidStatuses.Contains(status) || GetTime(order, "date_paid_gmt") is not null;
        var at = GetTime(order, "date_created_gmt");
        var modified = GetTime(order, "date_modified_gmt") ?? at ?? delivery.ReceivedAt;
        if ((isPaid ? at : modified) is null)
            throw order.Unmappable(
                RejectionReason.MemberMissing, "date_created_gmt", "is missing from the shop's payload.");
        // A deletion has no time but that of its receipt, and the restoration is later.
        if (isRestored && delivery.ReceivedAt > modified) modified = delivery.ReceivedAt;
        var state = new ShopOrderState(delivery, id, modified!.Value)
        {
            CanceledAt = !isPaid || LostStatuses.Contains(status) ? modified : null,
        };
        return (isPaid ? MapPaid(state, order, at!.Value) : state).ToEvents();
    }

    /// <summary>
    /// Maps the deletion of an order, also to the trash. WooCommerce states only the order's id.
    /// </summary>
    public static IReadOnlyList<MappedEvent> MapDeleted(WebhookDelivery delivery, WebhookPayload order)
    {
        var at = delivery.ReceivedAt ?? GetTime(order, "date_modified_gmt")
            ?? throw order.Unmappable(RejectionReason.MemberMissing, "date_modified_gmt", "is missing, and the time of receipt is unknown.");
        return new ShopOrderState(delivery, order.RequiredText("id"), at) { CanceledAt = at }.ToEvents();
    }

    private static ShopOrderState MapPaid(ShopOrderState state, WebhookPayload order, DateTimeOffset at)
    {
        var money = WooCommerceMoney.FromOrder(order);
        var evidence = new ShopEvidence(state.Delivery);
        var isRenewal = evidence.GetText(order, "created_via") == "subscription"
            || evidence.Has(order, Meta, "key", "_subscription_renewal");
        var mapped = new ConversionEvent(
            "", at, "order", Currency: money.Currency, Gross: money.Gross, Discount: money.Gross - money.Goods,
            Tax: Math.Max(0, order.AmountOrZero("total_tax")), Shipping: Math.Max(0, order.AmountOrZero("shipping_total")),
            Codes: isRenewal ? [] : evidence.GetCodes(order, "coupon_lines"),
            CustomerKey: evidence.GetCustomerKey(order, "customer_id"),
            VisitorId: evidence.GetId(order, Meta, "key", ShopEventMapper.VisitorIdName),
            ClickId: evidence.GetId(order, Meta, "key", ShopEventMapper.ClickIdName)
                ?? ShopEventMapper.GetClickId(evidence.GetValue(order, Meta, "key", "_wc_order_attribution_session_entry")));
        return state with
        {
            Order = mapped, LeftOut = evidence.LeftOut,
            Refunds =
            [
                // WooCommerce does not state when: the first state that lists a refund dates it.
                .. money.ShareRefunds(order).Where(refund => refund.Amount > 0)
                    .Select(refund => new ShopRefund(refund.Id, state.At, money.Currency, refund.Amount)),
            ],
        };
    }

    /// <summary>Returns a time without offset as UTC; null when it is absent or MySQL's zeros.</summary>
    private static DateTimeOffset? GetTime(WebhookPayload order, string name) =>
        order.Text(name) == Zeros ? null : order.Time(name, "Z");
}
