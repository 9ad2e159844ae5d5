using Attribution.Contracts;

namespace Attribution.Host.Ingest.Webhooks.Stripe;

/// <summary>
/// Money that went back. Stripe knows sums alone, so tax and shipping within a refund count as goods, up to what is left of the order. What may
/// still fail or be won does not count yet: nothing has to be taken back later.
/// </summary>
internal static class StripeRefund
{
    /// <summary>A refund that succeeded.</summary>
    public static MappedEvent Refund(WebhookDelivery delivery, Payload refund)
    {
        var status = refund.Text("status") ?? "succeeded";
        if (status != "succeeded") throw refund.Not(RejectionReason.NotCounted, "status", $"is '{status}': a refund counts when it has succeeded.");
        var (id, currency) = (refund.Needed("id"), StripeMoney.CurrencyOf(refund));
        var at = refund.UnixTime("created") ?? throw refund.Not(RejectionReason.MemberMissing, "created", "is missing from Stripe's refund.");
        return ShopEvents.Refund(new RefundEvent($"refund:{id}", at, Order(delivery, refund), id, "refund", currency, StripeMoney.Major(refund.Money("amount"), currency)));
    }

    /// <summary>The refunds that a charge lists, which it does under old versions of Stripe's API alone.</summary>
    public static IReadOnlyList<MappedEvent> OfCharge(WebhookDelivery delivery, Payload charge)
    {
        var refunds = charge.Object("refunds")?.List("data") ?? [];
        return refunds.Count > 0 ? [.. refunds.Where(one => (one.Text("status") ?? "succeeded") == "succeeded").Select(one => Refund(delivery, one)).DefaultIfEmpty(Pending())]
            : throw charge.Not(RejectionReason.TopicUnknown, "refunds", "does not list the refunds: choose refund.created and refund.updated, which say each.");

        MappedEvent Pending() => MappedEvent.Reject(charge.Not(RejectionReason.NotCounted, "refunds", "have not succeeded yet.").Fault);
    }

    /// <summary>A dispute that was lost is a chargeback, of the instant it was lost.</summary>
    public static MappedEvent Dispute(WebhookDelivery delivery, DateTimeOffset at, Payload dispute)
    {
        var status = dispute.Text("status") ?? "unknown";
        if (status != "lost") throw dispute.Not(RejectionReason.NotCounted, "status", $"is '{status}': a dispute counts when it is lost.");
        var (id, currency) = (dispute.Needed("id"), StripeMoney.CurrencyOf(dispute));
        return ShopEvents.Refund(new RefundEvent($"dispute:{id}", at, Order(delivery, dispute), id, "chargeback", currency, StripeMoney.Major(dispute.Money("amount"), currency)));
    }

    private static string Order(WebhookDelivery delivery, Payload subject) => delivery.Own(
        subject.IdOf("payment_intent") ?? subject.IdOf("invoice") ?? subject.IdOf("charge") ?? throw subject.Not(RejectionReason.MemberMissing, "payment_intent", "is missing: the order cannot be told."));
}
