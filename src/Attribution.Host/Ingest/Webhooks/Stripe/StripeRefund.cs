using Attribution.Contracts;

namespace Attribution.Host.Ingest.Webhooks.Stripe;

/// <summary>
/// Money that went back. Stripe knows sums alone, so tax and shipping within a refund count as goods, up to what is left of the order. What may
/// still fail or be won does not count yet: nothing has to be taken back later.
/// </summary>
internal static class StripeRefund
{
    /// <summary>A refund that succeeded.</summary>
    public static MappedEvent MapRefund(WebhookDelivery delivery, WebhookPayload refund)
    {
        var status = refund.Text("status") ?? "succeeded";
        if (status != "succeeded") throw refund.Unmappable(RejectionReason.NotCounted, "status", $"is '{status}': a refund counts when it has succeeded.");
        var (id, currency) = (refund.RequiredText("id"), StripeMoney.GetCurrency(refund));
        var at = refund.UnixTime("created") ?? throw refund.Unmappable(RejectionReason.MemberMissing, "created", "is missing from Stripe's refund.");
        return ShopEventMapper.MapRefund(new RefundEvent($"refund:{id}", at, GetOrderId(delivery, refund), id, "refund", currency, StripeMoney.ToMajorUnits(refund.AmountOrZero("amount"), currency)));
    }

    /// <summary>The refunds that a charge lists, which it does under old versions of Stripe's API alone.</summary>
    public static IReadOnlyList<MappedEvent> MapChargeRefunds(WebhookDelivery delivery, WebhookPayload charge)
    {
        var refunds = charge.Object("refunds")?.Objects("data") ?? [];
        return refunds.Count > 0 ? [.. refunds.Where(one => (one.Text("status") ?? "succeeded") == "succeeded").Select(one => MapRefund(delivery, one)).DefaultIfEmpty(Pending())]
            : throw charge.Unmappable(RejectionReason.TopicUnknown, "refunds", "does not list the refunds: choose refund.created and refund.updated, which say each.");

        MappedEvent Pending() => MappedEvent.Reject(charge.Unmappable(RejectionReason.NotCounted, "refunds", "have not succeeded yet.").Fault);
    }

    /// <summary>A dispute that was lost is a chargeback, of the instant it was lost.</summary>
    public static MappedEvent MapDispute(WebhookDelivery delivery, DateTimeOffset at, WebhookPayload dispute)
    {
        var status = dispute.Text("status") ?? "unknown";
        if (status != "lost") throw dispute.Unmappable(RejectionReason.NotCounted, "status", $"is '{status}': a dispute counts when it is lost.");
        var (id, currency) = (dispute.RequiredText("id"), StripeMoney.GetCurrency(dispute));
        return ShopEventMapper.MapRefund(new RefundEvent($"dispute:{id}", at, GetOrderId(delivery, dispute), id, "chargeback", currency, StripeMoney.ToMajorUnits(dispute.AmountOrZero("amount"), currency)));
    }

    private static string GetOrderId(WebhookDelivery delivery, WebhookPayload subject) => delivery.QualifyId(
        subject.ExpandableId("payment_intent") ?? subject.ExpandableId("invoice") ?? subject.ExpandableId("charge") ?? throw subject.Unmappable(RejectionReason.MemberMissing, "payment_intent", "is missing: the order cannot be told."));
}
