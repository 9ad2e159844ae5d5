using Attribution.Contracts;

namespace Attribution.Host.Ingest.Webhooks.Shopify;

/// <summary>
/// A refund gives back its lines' subtotals without tax, less what was kept back and more what was given beyond them (discrepancies). It comes
/// alone (<c>refunds/create</c>) and with its order, under one refund id; the order's word counts, since it says whether prices hold tax.
/// </summary>
internal static class ShopifyRefund
{
    /// <summary>A refund that comes alone.</summary>
    /// <exception cref="UnmappedException">It gives back no goods.</exception>
    public static MappedEvent Alone(WebhookDelivery delivery, Payload refund)
    {
        var order = refund.Needed("order_id");
        var transactions = refund.List("transactions");
        if (transactions.Count > 0 && transactions.All(one => one.Flag("test"))) throw refund.Not(RejectionReason.NotCounted, "transactions", "are of a test order.");
        var currency = CurrencyOf(refund, transactions) ?? throw refund.Not(RejectionReason.MemberMissing, "transactions", "name no currency.");
        var taxInside = Lines(refund).Any(HoldsTax);
        return Of(delivery, refund, order, currency, taxInside, "")
            ?? throw refund.Not(RejectionReason.NotCounted, "refund_line_items", "give back no goods: shipping, tax or gift cards alone.");
    }

    /// <summary>A refund within its order; null when it gives back no goods.</summary>
    public static MappedEvent? OfOrder(WebhookDelivery delivery, Payload refund, string order, string currency, bool taxInside) =>
        // A greater id than that of the refund alone: of two statements of one time the greater counts.
        Of(delivery, refund, order, currency, taxInside, ":order");

    private static MappedEvent? Of(WebhookDelivery delivery, Payload refund, string order, string currency, bool taxInside, string suffix)
    {
        var id = refund.Needed("id");
        var amount = Lines(refund).Sum(line => line.Money("subtotal") - (taxInside ? line.Money("total_tax") : 0))
            - refund.List("order_adjustments").Where(one => one.Text("kind") == "refund_discrepancy").Sum(one => one.Money("amount"));
        if (amount <= 0) return null;
        var at = refund.Time("processed_at") ?? refund.Time("created_at") ?? throw refund.Not(RejectionReason.MemberMissing, "created_at", "is missing from the shop's payload.");
        return ShopEvents.Refund(new RefundEvent($"refund:{id}{suffix}", at, delivery.Own(order), id, "refund", currency, amount));
    }

    private static IEnumerable<Payload> Lines(Payload refund) =>
        refund.List("refund_line_items").Where(line => line.Object("line_item")?.Flag("gift_card") != true);

    private static string? CurrencyOf(Payload refund, IReadOnlyList<Payload> transactions) =>
        refund.List("refund_line_items").Select(line => line.Object("subtotal_set"))
            .Concat(refund.List("order_adjustments").Select(one => one.Object("amount_set")))
            .Select(set => set?.Object("shop_money")?.Text("currency_code"))
            .Concat(transactions.Select(one => one.Text("currency")))
            .FirstOrDefault(code => !string.IsNullOrEmpty(code));

    /// <summary>Whether a line's price holds its tax: where the rates say so, to within a hundredth of the tax.</summary>
    private static bool HoldsTax(Payload line)
    {
        var rate = line.Object("line_item")?.List("tax_lines").Sum(tax => tax.Money("rate")) ?? 0;
        var (subtotal, tax) = (line.Money("subtotal"), line.Money("total_tax"));
        return rate > 0 && tax > 0 && Math.Abs(tax - (subtotal * rate / (1 + rate))) <= 0.02m + (tax / 100);
    }
}
