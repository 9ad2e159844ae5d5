using Attribution.Contracts;

namespace Attribution.Host.Ingest.Webhooks.Stripe;

/// <summary>
/// A checkout session that is paid is an order. Its id is that of the payment, which refunds and disputes name; of a subscription's first
/// payment the invoice's; of one that cost nothing the session's own.
/// </summary>
internal static class StripeCheckout
{
    public static MappedEvent Order(WebhookDelivery delivery, string eventId, DateTimeOffset at, Payload session)
    {
        var status = session.Text("payment_status") ?? "unknown";
        if (status is not ("paid" or "no_payment_required"))
            throw session.Not(RejectionReason.NotCounted, "payment_status", $"is '{status}': the order counts when its payment has succeeded.");
        if (session.Text("mode") == "setup") throw session.Not(RejectionReason.NotCounted, "mode", "sets a card up; nothing was bought.");

        var currency = StripeMoney.CurrencyOf(session);
        var totals = session.Object("total_details");
        var shipping = session.Object("shipping_cost");
        var (subtotal, total) = (session.Money("amount_subtotal"), session.Money("amount_total"));
        var (discount, tax) = (totals?.Money("amount_discount") ?? 0, totals?.Money("amount_tax") ?? 0);
        var delivered = totals?.Money("amount_shipping") ?? 0;
        // Prices that hold their tax add up to the total without it.
        var taxInside = tax > 0 && subtotal - discount + delivered == total;
        var metadata = session.Object("metadata");
        return ShopEvents.Order(new ConversionEvent(
            eventId, at, "order", OrderId: delivery.Own(session.IdOf("payment_intent") ?? session.IdOf("invoice") ?? session.Needed("id")), Currency: currency,
            Gross: Major(subtotal - (taxInside ? tax - (shipping?.Money("amount_tax") ?? 0) : 0)),
            Discount: Major(discount), Tax: Major(tax), Shipping: Major(delivered),
            Codes: [.. session.List("discounts").Select(CodeOf).OfType<string>()],
            CustomerKey: session.IdOf("customer") is { Length: > 0 } customer ? delivery.Own(customer) : null,
            VisitorId: metadata?.Text(ShopEvents.Visitor) ?? VisitorOf(session.Text("client_reference_id")),
            ClickId: metadata?.Text(ShopEvents.Click)));

        decimal Major(decimal amount) => StripeMoney.Major(amount, currency);
    }

    /// <summary>The promotion code's text where it stands here whole, else its id: Stripe's webhooks do not say the text.</summary>
    private static string? CodeOf(Payload discount) => discount.Whole("promotion_code")?.Text("code") ?? discount.IdOf("promotion_code");

    /// <summary>The reference is the shop's own unless the snippet wrote it.</summary>
    private static string? VisitorOf(string? reference) => reference?.StartsWith("atr_", StringComparison.Ordinal) == true ? reference[4..] : null;
}
