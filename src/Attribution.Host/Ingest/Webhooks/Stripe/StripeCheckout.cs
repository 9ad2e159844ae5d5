using Attribution.Contracts;

namespace Attribution.Host.Ingest.Webhooks.Stripe;

/// <summary>
/// Maps a paid checkout session to an order. The order's id is that of the payment, which refunds and disputes name.
/// For a subscription's first payment it is the invoice's id, and for a free session the session's own.
/// </summary>
internal static class StripeCheckout
{
    public static MappedEvent MapOrder(
        WebhookDelivery delivery, string eventId, DateTimeOffset at, WebhookPayload session)
    {
        var status = session.Text("payment_status") ?? "unknown";
        if (status is not ("paid" or "no_payment_required"))
            throw session.Unmappable(
                RejectionReason.NotCounted, "payment_status", $"is '{status}': the order counts when its payment has succeeded.");
        if (session.Text("mode") == "setup")
            throw session.Unmappable(RejectionReason.NotCounted, "mode", "is setup: the session only stores a card.");

        var currency = StripeMoney.GetCurrency(session);
        var totals = session.Object("total_details");
        var shipping = session.Object("shipping_cost");
        var (subtotal, total) = (session.AmountOrZero("amount_subtotal"), session.AmountOrZero("amount_total"));
        var (discount, tax) = (totals?.AmountOrZero("amount_discount") ?? 0, totals?.AmountOrZero("amount_tax") ?? 0);
        var delivered = totals?.AmountOrZero("amount_shipping") ?? 0;
        // When prices include tax, they add up to the total without adding it.
        var taxInside = tax > 0 && subtotal - discount + delivered == total;
        var metadata = session.Object("metadata");
        return ShopEventMapper.MapOrder(new ConversionEvent(
            eventId, at, "order",
            OrderId: delivery.QualifyId(
                session.ExpandableId("payment_intent") ?? session.ExpandableId("invoice") ?? session.RequiredText("id")),
            Currency: currency,
            Gross: Major(subtotal - (taxInside ? tax - (shipping?.AmountOrZero("amount_tax") ?? 0) : 0)),
            Discount: Major(discount), Tax: Major(tax), Shipping: Major(delivered),
            Codes: [.. session.Objects("discounts").Select(GetPromotionCode).OfType<string>()],
            CustomerKey: session.ExpandableId("customer") is { Length: > 0 } customer
                ? delivery.QualifyId(customer) : null,
            VisitorId: metadata?.Text(ShopEventMapper.VisitorIdName) ?? GetVisitorId(
                session.Text("client_reference_id")),
            ClickId: metadata?.Text(ShopEventMapper.ClickIdName)));

        decimal Major(decimal amount) => StripeMoney.ToMajorUnits(amount, currency);
    }

    /// <summary>
    /// Returns the promotion code's text when the payload contains it, else its id. Stripe's webhooks omit the text.
    /// </summary>
    private static string? GetPromotionCode(WebhookPayload discount) =>
        discount.ExpandedObject("promotion_code")?.Text("code") ?? discount.ExpandableId("promotion_code");

    /// <summary>
    /// Returns the visitor's id in a reference that the snippet wrote; null for a reference of the shop.
    /// </summary>
    private static string? GetVisitorId(string? reference) =>
        reference?.StartsWith("atr_", StringComparison.Ordinal) == true ? reference[4..] : null;
}
