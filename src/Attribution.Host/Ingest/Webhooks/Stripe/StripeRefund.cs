using Attribution.Contracts;

namespace Attribution.Host.Ingest.Webhooks.Stripe;

/// <summary>
/// Maps Stripe's refunds and disputes. Stripe states sums only, so tax and shipping within a refund count as goods, up
/// to the rest of the order. A refund that may still fail and a dispute that may be won do not count yet, so that
/// nothing needs to be reversed later.
/// </summary>
internal static class StripeRefund
{
    /// <summary>Maps a refund that succeeded.</summary>
    public static MappedEvent MapRefund(WebhookDelivery delivery, WebhookPayload refund)
    {
        var status = refund.Text("status") ?? "succeeded";
        if (status != "succeeded")
            throw refund.Unmappable(
                RejectionReason.NotCounted, "status", $"is '{status}': a refund counts when it has succeeded.");
        var (id, currency) = (refund.RequiredText("id"), StripeMoney.GetCurrency(refund));
        var at = refund.UnixTime("created")
            ?? throw refund.Unmappable(RejectionReason.MemberMissing, "created", "is missing from Stripe's refund.");
        var amount = StripeMoney.ToMajorUnits(refund.AmountOrZero("amount"), currency);
        return ShopEventMapper.MapRefund(
            new RefundEvent($"refund:{id}", at, GetOrderId(delivery, refund), id, "refund", currency, amount));
    }

    /// <summary>Maps the refunds that a charge lists. Only old versions of Stripe's API list them.</summary>
    public static IReadOnlyList<MappedEvent> MapChargeRefunds(WebhookDelivery delivery, WebhookPayload charge)
    {
        var refunds = charge.Object("refunds")?.Objects("data") ?? [];
        if (refunds.Count == 0)
            throw charge.Unmappable(
                RejectionReason.TopicUnknown, "refunds", "does not list the refunds: choose refund.created and refund.updated, which contain one each.");
        var succeeded = refunds.Where(refund => (refund.Text("status") ?? "succeeded") == "succeeded");
        return [.. succeeded.Select(refund => MapRefund(delivery, refund)).DefaultIfEmpty(Pending())];

        MappedEvent Pending() =>
            MappedEvent.Reject(
                charge.Unmappable(RejectionReason.NotCounted, "refunds", "have not succeeded yet.").Fault);
    }

    /// <summary>Maps a lost dispute to a chargeback at the time it was lost.</summary>
    public static MappedEvent MapDispute(WebhookDelivery delivery, DateTimeOffset at, WebhookPayload dispute)
    {
        var status = dispute.Text("status") ?? "unknown";
        if (status != "lost")
            throw dispute.Unmappable(
                RejectionReason.NotCounted, "status", $"is '{status}': a dispute counts when it is lost.");
        var (id, currency) = (dispute.RequiredText("id"), StripeMoney.GetCurrency(dispute));
        var amount = StripeMoney.ToMajorUnits(dispute.AmountOrZero("amount"), currency);
        return ShopEventMapper.MapRefund(
            new RefundEvent($"dispute:{id}", at, GetOrderId(delivery, dispute), id, "chargeback", currency, amount));
    }

    private static string GetOrderId(WebhookDelivery delivery, WebhookPayload subject) => delivery.QualifyId(
        subject.ExpandableId("payment_intent") ?? subject.ExpandableId("invoice") ?? subject.ExpandableId("charge")
        ?? throw subject.Unmappable(
            RejectionReason.MemberMissing, "payment_intent", "is missing: the order is unknown."));
}
