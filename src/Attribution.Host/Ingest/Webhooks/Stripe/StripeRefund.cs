using Attribution.Contracts;

namespace Attribution.Host.Ingest.Webhooks.Stripe;

/// <summary>
/// Maps Stripe's refunds and disputes by their states. Each is made or taken back under its own id, so of several
/// deliveries the one of the latest state counts, in any order of arrival. Stripe states sums with tax and shipping; the
/// order's own amounts give the goods' share.
/// </summary>
internal static class StripeRefund
{
    /// <summary>
    /// Maps a refund: made when it succeeded, taken back when it failed or was canceled. Empty while it is pending.
    /// </summary>
    /// <param name="delivery">The delivery.</param>
    /// <param name="at">Time of Stripe's event, which is that of the state.</param>
    /// <param name="refund">The refund.</param>
    public static IReadOnlyList<MappedEvent> MapRefund(WebhookDelivery delivery, DateTimeOffset at, WebhookPayload refund)
    {
        var isVoid = refund.Text("status") is "failed" or "canceled";
        if (!isVoid && (refund.Text("status") ?? "succeeded") != "succeeded") return [];
        var id = refund.RequiredText("id");
        var created = refund.UnixTime("created")
            ?? throw refund.Unmappable(RejectionReason.MemberMissing, "created", "is missing from Stripe's refund.");
        // Stripe's times are whole seconds. A failure follows the success of the same second.
        return isVoid
            ? [Take(delivery, refund, $"refund:{id}:void", id, "refund", created, at.AddMilliseconds(1))]
            : [Make(delivery, refund, $"refund:{id}", id, "refund", created, at)];
    }

    /// <summary>Maps the refunds that a charge lists. Only old versions of Stripe's API list them.</summary>
    public static IReadOnlyList<MappedEvent> MapChargeRefunds(
        WebhookDelivery delivery, DateTimeOffset at, WebhookPayload charge)
    {
        var refunds = charge.Object("refunds")?.Objects("data") ?? [];
        if (refunds.Count == 0)
            throw charge.Unmappable(
                RejectionReason.TopicUnknown, "refunds", "does not list the refunds: choose refund.created and refund.updated, which contain one each.");
        return [.. refunds.SelectMany(refund => MapRefund(delivery, at, refund))];
    }

    /// <summary>
    /// Maps a dispute: a chargeback when it is lost, taken back when it is won or closed without loss. Empty while it is
    /// open.
    /// </summary>
    public static IReadOnlyList<MappedEvent> MapDispute(WebhookDelivery delivery, DateTimeOffset at, WebhookPayload dispute)
    {
        var status = dispute.RequiredText("status");
        var id = dispute.RequiredText("id");
        var eventId = $"dispute:{id}:{status}:{at.ToUnixTimeSeconds()}";
        return status switch
        {
            "lost" => [Make(delivery, dispute, eventId, id, "chargeback", at, at)],
            "won" or "warning_closed" or "prevented" => [Take(delivery, dispute, eventId, id, "chargeback", at, at)],
            _ => [],
        };
    }

    private static MappedEvent Make(
        WebhookDelivery delivery, WebhookPayload subject, string eventId, string id, string kind, DateTimeOffset at,
        DateTimeOffset stateAt)
    {
        var currency = StripeMoney.GetCurrency(subject);
        var amount = StripeMoney.ToMajorUnits(subject.AmountOrZero("amount"), currency);
        return ShopEventMapper.MapRefund(
            new RefundEvent(eventId, at, GetOrderId(delivery, subject), id, kind, currency, amount, StateAt: stateAt, Basis: "total"));
    }

    private static MappedEvent Take(
        WebhookDelivery delivery, WebhookPayload subject, string eventId, string id, string kind, DateTimeOffset at,
        DateTimeOffset stateAt) =>
        ShopEventMapper.MapRefund(
            new RefundEvent(eventId, at, GetOrderId(delivery, subject), id, kind, Void: true, StateAt: stateAt));

    /// <summary>Returns the id by which a refund or dispute names its order: that of the payment.</summary>
    private static string GetOrderId(WebhookDelivery delivery, WebhookPayload subject) => delivery.QualifyId(
        subject.ExpandableId("payment_intent") ?? subject.ExpandableId("charge")
        ?? throw subject.Unmappable(
            RejectionReason.MemberMissing, "payment_intent", "is missing: the order is unknown."));
}
