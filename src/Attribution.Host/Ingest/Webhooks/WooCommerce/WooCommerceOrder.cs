using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Host.Ingest.Webhooks.WooCommerce;

/// <summary>
/// Maps an order in its current state, whatever the topic. States of one order are ordered by
/// <c>date_modified_gmt</c>.
/// </summary>
internal static class WooCommerceOrder
{
    private const string Meta = "meta_data";

    // Its value is the id of the renewed subscription.
    private const string SubscriptionName = "_subscription_renewal";

    private const string Zeros = "0000-00-00";

    // Plug-ins write statuses as WooCommerce stores them.
    private const string StoredPrefix = "wc-";

    // Cash on delivery is processing before anyone has paid.
    private static readonly string[] PaidStatuses = ["processing", "completed", "refunded"];

    // The order does not count, even if a payment is known: it was lost, or it waits for a new payment.
    private static readonly string[] LostStatuses = ["cancelled", "failed", "trash", "pending", "checkout-draft", "auto-draft", "draft"];

    /// <summary>Maps an order, created, updated or restored.</summary>
    public static IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery, WebhookPayload order, bool isRestored = false)
    {
        var id = order.RequiredText("id");
        var stated = order.RequiredText("status");
        var status = stated.StartsWith(StoredPrefix, StringComparison.Ordinal) ? stated[StoredPrefix.Length..] : stated;
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
            CanceledAt = !isPaid || LostStatuses.Contains(status) || IsRefundedWithoutRefunds(order, status) ? modified : null,
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

    /// <summary>
    /// Maps a subscription of WooCommerce Subscriptions: its id is another id of the order that began it. Empty if no
    /// order did, as for a subscription that staff entered.
    /// </summary>
    public static IReadOnlyList<MappedEvent> MapSubscription(WebhookDelivery delivery, WebhookPayload subscription)
    {
        var id = subscription.RequiredText("id");
        if (subscription.Text("parent_id") is not { Length: > 0 } parent || parent == "0") return [];
        var at = GetTime(subscription, "date_created_gmt")
            ?? throw subscription.Unmappable(RejectionReason.MemberMissing, "date_created_gmt", "is missing from the shop's payload.");
        return
        [
            ShopEventMapper.MapPayment(new PaymentEvent(
                $"subscription:{id}:{parent}", at, delivery.QualifyId(parent), delivery.QualifyId(id))),
        ];
    }

    private static ShopOrderState MapPaid(ShopOrderState state, WebhookPayload order, DateTimeOffset at)
    {
        var money = WooCommerceMoney.FromOrder(order);
        var evidence = new ShopEvidence(state.Delivery);
        var isRenewal = evidence.GetText(order, "created_via") == "subscription"
            || evidence.Has(order, Meta, "key", SubscriptionName);
        var mapped = new ConversionEvent(
            "", at, "order", Currency: money.Currency, Gross: money.Gross, Discount: money.Gross - money.Goods,
            Tax: Math.Max(0, order.AmountOrZero("total_tax")), Shipping: Math.Max(0, order.AmountOrZero("shipping_total")),
            Codes: isRenewal ? [] : evidence.GetCodes(order, "coupon_lines"),
            CustomerKey: evidence.GetCustomerKey(order, "customer_id"),
            VisitorId: evidence.GetId(order, Meta, "key", ShopEventMapper.VisitorIdName),
            ClickId: evidence.GetId(order, Meta, "key", ShopEventMapper.ClickIdName)
                ?? ShopEventMapper.GetClickId(evidence.GetValue(order, Meta, "key", "_wc_order_attribution_session_entry")),
            Subscription: evidence.GetOrderId(order, Meta, "key", SubscriptionName), Renewal: isRenewal ? true : null,
            Lines: [.. order.Objects("line_items").Select(line => WooCommerceLines.MapLine(line, evidence))]);
        return state with
        {
            Order = mapped, LeftOut = evidence.LeftOut,
            Refunds =
            [
                // WooCommerce does not state when: the first state that lists a refund dates it.
                .. money.ShareRefunds(order).Where(refund => refund.Amount > 0)
                    .Select(refund => new ShopRefund(
                        refund.Id, state.At, money.Currency, refund.Amount,
                        Lines: WooCommerceLines.MapRefund(refund.Refund, refund.Amount, evidence))),
            ],
        };
    }

    /// <summary>
    /// Returns whether an order is refunded without a list of refunds. WooCommerce writes none when nothing was left to
    /// return, as when gift cards had paid everything.
    /// </summary>
    private static bool IsRefundedWithoutRefunds(WebhookPayload order, string status) =>
        status == "refunded" && order.Objects("refunds", mayBeEmptyObject: true).Count == 0;

    /// <summary>
    /// Returns a time, in UTC unless it states an offset; null when it is absent or MySQL's zeros.
    /// </summary>
    private static DateTimeOffset? GetTime(WebhookPayload order, string name) =>
        order.Text(name) is not { Length: > 0 } text || text.StartsWith(Zeros, StringComparison.Ordinal) ? null
        : Rfc3339.TryParse(text, out var at) ? at.ToDateTimeOffset()
        : order.Time(name, "Z");
}
