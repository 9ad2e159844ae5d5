using Attribution.Contracts;

namespace Attribution.Host.Ingest.Webhooks.Stripe;

/// <summary>
/// Maps invoices of subscriptions, and what relates payments to invoices. Stripe's refunds and disputes name a payment,
/// the session of a subscription its invoice. Which delivery names both depends on the API version: the invoice and the
/// charge before 2025-03-31, the invoice payment since then.
/// </summary>
internal static class StripeInvoice
{
    private const string Renewal = "subscription_cycle";

    /// <summary>
    /// Maps a paid invoice. A subscription's first one is its order; each further one is a payment of the subscription,
    /// which counts if the order was free, as in a trial, or if an agreement pays for renewals. Any other invoice only relates its payments.
    /// </summary>
    public static IReadOnlyList<MappedEvent> MapPaid(WebhookDelivery delivery, DateTimeOffset at, WebhookPayload invoice)
    {
        if ((invoice.Text("status") ?? "paid") != "paid") return [];
        var id = invoice.RequiredText("id");
        var events = new List<MappedEvent>();
        var placedAt = StripeCheckout.GetPlacedAt(invoice, at);
        if (GetSubscription(invoice) is { } subscription)
        {
            var isFirst = invoice.Text("billing_reason") == "subscription_create";
            if (isFirst) events.Add(Link(delivery, placedAt, subscription, id));
            if (invoice.Amount("total") is not null)
            {
                var totals = StripeTotals.FromInvoice(invoice);
                if (isFirst) events.Insert(0, MapFirst(delivery, placedAt, invoice, totals));
                else if (totals.Goods > 0) events.Add(MapLater(delivery, placedAt, invoice, subscription, totals));
            }
        }

        foreach (var payment in GetPayments(invoice)) events.Add(Link(delivery, at, payment, id));
        return events;
    }

    /// <summary>Maps the payment of an invoice, as sent since API version 2025-03-31.</summary>
    public static IReadOnlyList<MappedEvent> MapPayment(WebhookDelivery delivery, DateTimeOffset at, WebhookPayload payment)
    {
        var invoice = payment.ExpandableId("invoice")
            ?? throw payment.Unmappable(RejectionReason.MemberMissing, "invoice", "is missing from Stripe's invoice payment.");
        return [.. GetPaymentIds(payment.Object("payment")).Select(id => Link(delivery, at, id, invoice))];
    }

    /// <summary>
    /// Maps a charge or payment intent, which names its invoice before API version 2025-03-31. Empty without an invoice:
    /// refunds then name the order itself.
    /// </summary>
    public static IReadOnlyList<MappedEvent> MapCharge(WebhookDelivery delivery, DateTimeOffset at, WebhookPayload charge) =>
        charge.ExpandableId("invoice") is not { Length: > 0 } invoice ? []
            : [.. new[] { charge.Text("id"), charge.ExpandableId("payment_intent"), charge.ExpandableId("latest_charge") }
                .OfType<string>().Where(id => id.Length > 0).Select(id => Link(delivery, at, id, invoice))];

    /// <summary>Relates an id to the order, payment, invoice or subscription that it belongs to.</summary>
    public static MappedEvent Link(WebhookDelivery delivery, DateTimeOffset at, string id, string target) =>
        ShopEventMapper.MapPayment(new PaymentEvent($"payment:{id}:{target}", at, delivery.QualifyId(target), delivery.QualifyId(id)));

    /// <summary>
    /// Maps a subscription's first invoice. The session of the same invoice reports the same order with its codes.
    /// </summary>
    private static MappedEvent MapFirst(
        WebhookDelivery delivery, DateTimeOffset at, WebhookPayload invoice, StripeTotals stated)
    {
        var id = invoice.RequiredText("id");
        var currency = StripeMoney.GetCurrency(invoice);
        var totals = stated.ToMajorUnits(currency);
        var evidence = new ShopEvidence(delivery);
        var metadata = (IReadOnlyList<WebhookPayload>)[.. GetDetails(invoice).Append(invoice)
            .Select(owner => evidence.GetObject(owner, "metadata")).OfType<WebhookPayload>()];
        var mapped = ShopEventMapper.MapOrder(new ConversionEvent(
            $"invoice:{id}", at, "order", OrderId: delivery.QualifyId(id), Currency: currency,
            Gross: totals.Gross, Discount: totals.Discount, Tax: totals.Tax, Shipping: totals.Shipping,
            CustomerKey: StripeCheckout.GetCustomerKey(evidence, invoice),
            VisitorId: GetId(ShopEventMapper.VisitorIdName), ClickId: GetId(ShopEventMapper.ClickIdName)));
        return mapped with { OrderId = delivery.QualifyId(id), LeftOut = evidence.LeftOut };

        string? GetId(string name) => metadata
            .Select(owner => ShopEventMapper.SanitizeId(evidence.GetText(owner, name))).FirstOrDefault(found => found is not null);
    }

    private static MappedEvent MapLater(
        WebhookDelivery delivery, DateTimeOffset at, WebhookPayload invoice, string subscription, StripeTotals stated)
    {
        var id = invoice.RequiredText("id");
        var currency = StripeMoney.GetCurrency(invoice);
        var totals = stated.ToMajorUnits(currency);
        return ShopEventMapper.MapPayment(new PaymentEvent(
            $"invoice:{id}", at, delivery.QualifyId(subscription), delivery.QualifyId(id), currency,
            totals.Gross, totals.Discount, totals.Tax, totals.Shipping,
            // An upgrade is invoiced between two renewals.
            Renewal: (invoice.Text("billing_reason") ?? Renewal) == Renewal ? null : false));
    }

    /// <summary>Returns the id of an invoice's subscription, where any API version states it; null if it has none.</summary>
    private static string? GetSubscription(WebhookPayload invoice) =>
        GetDetails(invoice).Append(invoice).Select(owner => owner.ExpandableId("subscription")).FirstOrDefault(id => !string.IsNullOrEmpty(id));

    /// <summary>Returns the details of the subscription: within <c>parent</c> since API version 2025-03-31.</summary>
    private static IEnumerable<WebhookPayload> GetDetails(WebhookPayload invoice) =>
        new[] { invoice.ExpandedObject("parent")?.ExpandedObject("subscription_details"), invoice.ExpandedObject("subscription_details") }
            .OfType<WebhookPayload>();

    private static IEnumerable<string> GetPayments(WebhookPayload invoice) =>
        new[] { invoice.ExpandableId("payment_intent"), invoice.ExpandableId("charge") }.OfType<string>()
            .Concat((invoice.ExpandedObject("payments")?.Objects("data") ?? []).SelectMany(one => GetPaymentIds(one.ExpandedObject("payment"))))
            .Where(id => id.Length > 0).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> GetPaymentIds(WebhookPayload? payment) =>
        new[] { payment?.ExpandableId("payment_intent"), payment?.ExpandableId("charge") }.OfType<string>().Where(id => id.Length > 0);
}
