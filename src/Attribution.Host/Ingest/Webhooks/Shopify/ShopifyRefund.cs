using Attribution.Contracts;

namespace Attribution.Host.Ingest.Webhooks.Shopify;

/// <summary>
/// Maps a refund: the subtotals of its lines without tax, corrected by discrepancies. It is delivered by itself
/// (<c>refunds/create</c>) and with its order, under one refund id. The order's version counts, since it states whether
/// prices include tax.
/// </summary>
internal static class ShopifyRefund
{
    /// <summary>Maps a refund that is delivered by itself.</summary>
    /// <exception cref="UnmappableDeliveryException">The refund returns no goods.</exception>
    public static MappedEvent MapStandalone(WebhookDelivery delivery, WebhookPayload refund)
    {
        var order = refund.RequiredText("order_id");
        var transactions = refund.Objects("transactions");
        if (transactions.Count > 0 && transactions.All(transaction => transaction.Boolean("test")))
            throw refund.Unmappable(RejectionReason.NotCounted, "transactions", "are of a test order.");
        var currency = FindCurrency(refund, transactions)
            ?? throw refund.Unmappable(RejectionReason.MemberMissing, "transactions", "name no currency.");
        var taxInside = GetGoodsLines(refund).Any(PriceIncludesTax);
        return MapRefund(delivery, refund, order, currency, taxInside, "")
            ?? throw refund.Unmappable(
                RejectionReason.NotCounted, "refund_line_items", "return no goods: only shipping, tax or gift cards.");
    }

    /// <summary>Maps a refund within its order. Returns null when the refund returns no goods.</summary>
    public static MappedEvent? MapWithinOrder(WebhookDelivery delivery, WebhookPayload refund, string order, string currency, bool taxInside) =>
        // The id is greater than that of the separate refund: of two events at one time, the one with the greater id
        // counts.
        MapRefund(delivery, refund, order, currency, taxInside, ":order");

    private static MappedEvent? MapRefund(
        WebhookDelivery delivery, WebhookPayload refund, string order, string currency, bool taxInside, string suffix)
    {
        var id = refund.RequiredText("id");
        var amount = GetGoodsLines(refund)
            .Sum(line => line.AmountOrZero("subtotal") - (taxInside ? line.AmountOrZero("total_tax") : 0))
            - refund.Objects("order_adjustments").Where(adjustment => adjustment.Text("kind") == "refund_discrepancy")
                .Sum(adjustment => adjustment.AmountOrZero("amount"));
        if (amount <= 0) return null;
        var at = refund.Time("processed_at") ?? refund.Time("created_at")
            ?? throw refund.Unmappable(
                RejectionReason.MemberMissing, "created_at", "is missing from the shop's payload.");
        return ShopEventMapper.MapRefund(
            new RefundEvent($"refund:{id}{suffix}", at, delivery.QualifyId(order), id, "refund", currency, amount));
    }

    private static IEnumerable<WebhookPayload> GetGoodsLines(WebhookPayload refund) =>
        refund.Objects("refund_line_items").Where(line => line.Object("line_item")?.Boolean("gift_card") != true);

    private static string? FindCurrency(WebhookPayload refund, IReadOnlyList<WebhookPayload> transactions) =>
        refund.Objects("refund_line_items").Select(line => line.Object("subtotal_set"))
            .Concat(refund.Objects("order_adjustments").Select(adjustment => adjustment.Object("amount_set")))
            .Select(set => set?.Object("shop_money")?.Text("currency_code"))
            .Concat(transactions.Select(transaction => transaction.Text("currency")))
            .FirstOrDefault(code => !string.IsNullOrEmpty(code));

    /// <summary>
    /// Returns whether a line's price includes its tax, judged by the tax rates with a tolerance of a hundredth of the
    /// tax.
    /// </summary>
    private static bool PriceIncludesTax(WebhookPayload line)
    {
        var rate = line.Object("line_item")?.Objects("tax_lines").Sum(tax => tax.AmountOrZero("rate")) ?? 0;
        var (subtotal, tax) = (line.AmountOrZero("subtotal"), line.AmountOrZero("total_tax"));
        return rate > 0 && tax > 0 && Math.Abs(tax - (subtotal * rate / (1 + rate))) <= 0.02m + (tax / 100);
    }
}
