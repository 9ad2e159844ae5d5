using Attribution.Contracts;

namespace Attribution.Host.Ingest.Webhooks.Stripe;

/// <summary>
/// A checkout session that is paid is an order. Its id is that of the payment, which refunds and disputes name; of a subscription's first
/// payment the invoice's; of one that cost nothing the session's own.
/// </summary>
internal static class StripeCheckout
{
    public static MappedEvent MapOrder(WebhookDelivery delivery, string eventId, DateTimeOffset at, WebhookPayload session)
    {
        var status = session.Text("payment_status") ?? "unknown";
        if (status is not ("paid" or "no_payment_required"))
            throw session.Unmappable(RejectionReason.NotCounted, "payment_status", $"is '{status}': the order counts when its payment has succeeded.");
        if (session.Text("mode") == "setup") throw session.Unmappable(RejectionReason.NotCounted, "mode", "sets a card up; nothing was bought.");

        var currency = StripeMoney.GetCurrency(session);
        var totals = session.Object("total_details");
        var shipping = session.Object("shipping_cost");
        var (subtotal, total) = (session.AmountOrZero("amount_subtotal"), session.AmountOrZero("amount_total"));
        var (discount, tax) = (totals?.AmountOrZero("amount_discount") ?? 0, totals?.AmountOrZero("amount_tax") ?? 0);
        var delivered = totals?.AmountOrZero("amount_shipping") ?? 0;
        // Prices that hold their tax add up to the total without it.
        var taxInside = tax > 0 && subtotal - discount + delivered == total;
        var metadata = session.Object("metadata");
        return ShopEventMapper.MapOrder(new ConversionEvent(
            eventId, at, "order", OrderId: delivery.QualifyId(session.ExpandableId("payment_intent") ?? session.ExpandableId("invoice") ?? session.RequiredText("id")), Currency: currency,
            Gross: Major(subtotal - (taxInside ? tax - (shipping?.AmountOrZero("amount_tax") ?? 0) : 0)),
            Discount: Major(discount), Tax: Major(tax), Shipping: Major(delivered),
            Codes: [.. session.Objects("discounts").Select(GetPromotionCode).OfType<string>()],
            CustomerKey: session.ExpandableId("customer") is { Length: > 0 } customer ? delivery.QualifyId(customer) : null,
            VisitorId: metadata?.Text(ShopEventMapper.VisitorIdName) ?? GetVisitorId(session.Text("client_reference_id")),
            ClickId: metadata?.Text(ShopEventMapper.ClickIdName)));

        decimal Major(decimal amount) => StripeMoney.ToMajorUnits(amount, currency);
    }

    /// <summary>The promotion code's text where it stands here whole, else its id: Stripe's webhooks do not say the text.</summary>
    private static string? GetPromotionCode(WebhookPayload discount) => discount.ExpandedObject("promotion_code")?.Text("code") ?? discount.ExpandableId("promotion_code");

    /// <summary>The reference is the shop's own unless the snippet wrote it.</summary>
    private static string? GetVisitorId(string? reference) => reference?.StartsWith("atr_", StringComparison.Ordinal) == true ? reference[4..] : null;
}
