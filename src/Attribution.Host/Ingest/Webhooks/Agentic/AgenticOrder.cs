using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Host.Ingest.Webhooks.Agentic;

/// <summary>
/// Maps an order as its protocol states it, with all of its adjustments, and the members that the shop adds to it:
/// currency, codes and times, which the protocols' orders do not contain.
/// </summary>
internal static class AgenticOrder
{
    // Members of a delivery. Others are noted, since a misspelled one would be lost without a trace.
    private static readonly string[] KnownMembers =
        ["order", "currency", "codes", "affiliateAttribution", "attribution", "occurredAt", "stateAt", "customerKey"];

    // Held for review: neither confirmed nor canceled.
    private const string Held = "manual_review";

    private static readonly string[] CanceledStatuses = ["canceled", "cancelled"];

    /// <summary>Maps a delivery to the state of its order.</summary>
    /// <param name="protocol">The protocol of the order.</param>
    /// <param name="delivery">The delivery.</param>
    /// <param name="key">Distinguishes the delivery's state from others if the shop does not state its time.</param>
    public static ShopOrderState Map(AgenticProtocol protocol, WebhookDelivery delivery, string key)
    {
        var envelope = WebhookPayload.Parse(delivery.Body);
        var order = envelope.RequiredObject("order");
        var statedAt = envelope.Time("stateAt");
        var at = statedAt ?? delivery.ReceivedAt
            ?? throw envelope.Unmappable(RejectionReason.MemberMissing, "stateAt", "is missing, and the time of receipt is unknown.");
        var state = new ShopOrderState(delivery, order.RequiredText("id"), at) { Key = statedAt is null ? key : null };
        var status = order.Text("status");
        var evidence = new ShopEvidence(delivery);
        var lines = AgenticLine.FromOrder(order, evidence);
        var totals = AgenticTotals.FromOrder(protocol, order, lines);
        if (status == Held || (totals is null && CanceledStatuses.Contains(status))) return state with { CanceledAt = at };
        if (totals is null)
            throw order.Unmappable(
                RejectionReason.MemberMissing, "totals", "is missing: without amounts the order cannot be counted. Send it complete.");

        var currency = ReadCurrency(envelope, order);
        foreach (var unknown in envelope.Names.Except(KnownMembers))
            evidence.LeaveOut(RejectionReason.MemberUnknown, envelope, unknown, "is unknown.");
        var changes = new AgenticChanges(currency, totals, lines);
        foreach (var adjustment in AgenticAdjustment.FromOrder(protocol, order, evidence)) changes.Add(adjustment);
        if (protocol == AgenticProtocol.Acp) changes.AddUnlisted(totals.Refunded, at);
        var isCanceled = CanceledStatuses.Contains(status)
            || (changes.IsEmpty && lines.Count > 0 && lines.All(line => line.IsRemoved));
        var (sent, snapshot) = (evidence.GetObject(envelope, "attribution"), evidence.GetObject(order, "attribution"));
        var orderedAt = envelope.Time("occurredAt") ?? changes.FindEarliest(at);
        return state with
        {
            Referrals = AgenticReferrals.Read(envelope, sent ?? snapshot, delivery.QualifyId(state.Id), orderedAt, evidence),
            Order = new ConversionEvent(
                "", orderedAt, "order", Currency: currency.Code,
                Gross: ToMajor(totals.Gross + changes.Added, currency), Discount: ToMajor(totals.Discount, currency),
                Tax: ToMajor(totals.Tax, currency), Shipping: ToMajor(totals.Shipping, currency),
                Codes: evidence.GetCodeTexts(envelope, "codes"), CustomerKey: evidence.GetCustomerKey(envelope, "customerKey"),
                ClickId: ReadClickId(sent, evidence) ?? ReadClickId(snapshot, evidence))
            {
                Lines = MapLines(lines, totals, changes.Added, currency),
            },
            Refunds = changes.Refunds, CanceledAt = changes.CanceledAt ?? (isCanceled ? at : null), LeftOut = evidence.LeftOut,
        };
    }

    /// <summary>Converts an amount of the protocols, which is in minor units of ISO 4217, to major units.</summary>
    public static decimal ToMajor(decimal minor, Currency currency) => currency.ToMajor((long)minor);

    /// <summary>
    /// Maps the lines. Where prices contain tax, they are lowered to the goods without it. Goods that were charged afterwards
    /// are a line without a product.
    /// </summary>
    private static IReadOnlyList<OrderLine>? MapLines(
        IReadOnlyList<AgenticLine> lines, AgenticTotals totals, decimal added, Currency currency)
    {
        if (lines.Count == 0) return null;
        var sum = lines.Sum(line => line.Net + line.Discount);
        var untaxed = totals.IsTaxInside && sum > 0 ? totals.Gross / sum : 1;
        return
        [
            .. lines.Select(line => ShopLines.Create(
                line.Id, line.Product, line.Quantity, ToMajor(Math.Round((line.Net + line.Discount) * untaxed), currency),
                ToMajor(Math.Round(line.Discount * untaxed), currency))),
            .. added > 0 ? [ShopLines.Create(null, null, null, ToMajor(added, currency), 0)] : (OrderLine[])[],
        ];
    }

    /// <summary>
    /// Returns the click's id in a map of parameters, which an agent carries on from the address that it followed.
    /// </summary>
    private static string? ReadClickId(WebhookPayload? attribution, ShopEvidence evidence) =>
        attribution is { } map ? ShopEventMapper.SanitizeId(evidence.GetText(map, ShopEventMapper.ClickIdName)) : null;

    /// <summary>
    /// Returns the currency in which the shop completed the checkout. ACP writes it in small letters, and only outside of the
    /// order and in its adjustments.
    /// </summary>
    private static Currency ReadCurrency(WebhookPayload envelope, WebhookPayload order)
    {
        var (sent, own) = (envelope.Text("currency")?.ToUpperInvariant(), order.Text("currency")?.ToUpperInvariant());
        if (sent is not null && own is not null && sent != own)
            throw envelope.Unmappable(RejectionReason.ValueUnknown, "currency", "differs from the currency of the order.");
        var code = sent ?? own
            ?? order.Objects("adjustments").Select(adjustment => adjustment.Text("currency")?.ToUpperInvariant()).FirstOrDefault(code => code is not null)
            ?? throw envelope.Unmappable(
                RejectionReason.MemberMissing, "currency", "is missing: the protocol's order has none, so send that of the checkout with it.");
        return Currency.TryParse(code, out var currency) ? currency
            : throw envelope.Unmappable(RejectionReason.CurrencyUnknown, "currency", "is not an ISO 4217 currency with minor units.");
    }
}
