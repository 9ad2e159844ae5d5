using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Webhooks.Stripe;

/// <summary>
/// Maps a paid checkout session to an order. The order's id is that of the payment, which refunds and disputes name.
/// For a subscription's first payment it is the invoice's id, and for a free session the session's own.
/// </summary>
internal static class StripeCheckout
{
    /// <summary>Returns whether the payment succeeded or none is due.</summary>
    public static bool IsPaid(WebhookPayload session) =>
        session.Text("payment_status") is "paid" or "no_payment_required";

    /// <summary>
    /// Returns the time at which the order of a delayed payment was placed. Its event is that of the settlement, days
    /// later, so the session's creation counts, at most a day before the order.
    /// </summary>
    public static DateTimeOffset GetPlacedAt(WebhookPayload session, DateTimeOffset settledAt) =>
        session.UnixTime("created") is { } created && created < settledAt ? created : settledAt;

    /// <summary>
    /// Maps a paid session to its order, and relates the subscription and invoice that later deliveries name.
    /// </summary>
    /// <param name="delivery">The delivery.</param>
    /// <param name="eventId">The id of Stripe's event.</param>
    /// <param name="at">Time at which the order was placed.</param>
    /// <param name="session">The session.</param>
    public static IReadOnlyList<MappedEvent> MapOrder(
        WebhookDelivery delivery, string eventId, DateTimeOffset at, WebhookPayload session)
    {
        if (session.Text("mode") == "setup")
            throw session.Unmappable(RejectionReason.NotCounted, "mode", "is setup: the session only stores a card.");

        var currency = StripeMoney.GetCurrency(session);
        var totals = StripeTotals.FromSession(session).ToMajorUnits(currency);
        var id = session.ExpandableId("payment_intent") ?? session.ExpandableId("invoice") ?? session.RequiredText("id");
        var orderId = delivery.QualifyId(id);
        var evidence = new ShopEvidence(delivery);
        var mapped = ShopEventMapper.MapOrder(new ConversionEvent(
            eventId, at, "order", OrderId: orderId, Currency: currency,
            Gross: totals.Gross, Discount: totals.Discount, Tax: totals.Tax, Shipping: totals.Shipping,
            Codes: evidence.GetCodes(session, "discounts", "promotion_code", ReadPromotionCode),
            CustomerKey: GetCustomerKey(evidence, session),
            VisitorId: GetMetadata(ShopEventMapper.VisitorIdName)
                ?? GetVisitorId(evidence.GetText(session, "client_reference_id")),
            ClickId: GetMetadata(ShopEventMapper.ClickIdName)));
        return
        [
            mapped with { OrderId = orderId, LeftOut = evidence.LeftOut },
            .. new[] { ReadId("subscription"), ReadId("invoice") }.OfType<string>()
                .Where(other => other.Length > 0 && other != id).Select(other => StripeInvoice.Link(delivery, at, other, id)),
        ];

        // An unusable id of something else never refuses the order.
        string? ReadId(string name) => session.ExpandedObject(name) is { } expanded
            ? expanded.ReadableText("id", []) : session.ReadableText(name, []);

        string? GetMetadata(string name) => evidence.GetObject(session, "metadata") is { } metadata
            ? ShopEventMapper.SanitizeId(evidence.GetText(metadata, name)) : null;
    }

    /// <summary>Returns the key of the customer of a session or invoice; null for a guest.</summary>
    public static string? GetCustomerKey(ShopEvidence evidence, WebhookPayload subject) =>
        subject.ExpandedObject("customer") is { } customer
            ? evidence.GetCustomerKey(customer, "id") : evidence.GetCustomerKey(subject, "customer");

    /// <summary>
    /// Returns the promotion code's text when the payload contains it, else its id. Stripe's webhooks omit the text.
    /// </summary>
    private static string? ReadPromotionCode(WebhookPayload discount, ICollection<EventFault> leftOut) =>
        discount.ExpandedObject("promotion_code") is { } expanded
            ? expanded.ReadableText("code", leftOut) ?? expanded.ReadableText("id", leftOut)
            : discount.ReadableText("promotion_code", leftOut);

    /// <summary>
    /// Returns the visitor's id in a reference that the snippet wrote; null for a reference of the shop.
    /// </summary>
    private static string? GetVisitorId(string? reference) =>
        reference?.StartsWith("atr_", StringComparison.Ordinal) == true ? reference[4..] : null;
}
