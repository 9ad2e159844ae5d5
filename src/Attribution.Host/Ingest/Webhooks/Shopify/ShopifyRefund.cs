using Attribution.Contracts;
using Attribution.Core.Events;

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
        var goods = refund.Objects("refund_line_items").Where(IsGoods).ToList();
        var taxInside = goods.Any(PriceIncludesTax);
        var amount = GetAmount(refund, goods, taxInside, defaultTaxShare: 0);
        var given = MapRefund(refund, currency, amount)
            ?? throw refund.Unmappable(
                RejectionReason.NotCounted, "refund_line_items",
                "return no goods: only shipping, tax, tips or gift cards, or no payment of it succeeded.");
        var evidence = new ShopEvidence(delivery);
        var lines = ShopifyLines.MapRefund(goods, taxInside, amount, evidence);
        var leftOut = new List<EventFault>(evidence.LeftOut);
        // It has no `stateAt`, so any state of its order takes precedence.
        var complete = ShopLines.Fit(
            ShopEventMapper.Round(new RefundEvent(
                $"refund:{given.Id}", given.At, delivery.QualifyId(order), given.Id, "refund", currency, given.Amount) { Lines = lines }),
            leftOut);
        return MappedEvent.FromTyped(complete) with { OrderId = complete.OrderId, LeftOut = leftOut };
    }

    /// <summary>Maps a refund within its order. Returns null when the refund returns no goods.</summary>
    /// <param name="refund">The refund.</param>
    /// <param name="order">Its order.</param>
    /// <param name="goods">The order's lines that are goods.</param>
    /// <param name="evidence">Notes what is left out.</param>
    public static ShopRefund? MapWithinOrder(
        WebhookPayload refund, WebhookPayload order, IReadOnlyList<WebhookPayload> goods, ShopEvidence evidence)
    {
        var taxInside = order.Boolean("taxes_included");
        var others = order.Objects("line_items").Where(line => !ShopifyMoney.IsGoods(line))
            .Select(line => line.Text("id")).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var lines = refund.Objects("refund_line_items")
            .Where(line => IsGoods(line) && !(line.Text("line_item_id") is { } id && others.Contains(id))).ToList();
        var amount = GetAmount(refund, lines, taxInside, ShopifyMoney.GetTaxShare(goods, taxInside));
        return MapRefund(refund, order.RequiredText("currency"), amount) is { } given
            ? given with { Lines = ShopifyLines.MapRefund(lines, taxInside, amount, evidence) } : null;
    }

    /// <summary>
    /// Returns the value of the returned goods without tax. Discrepancies are stated with the tax inside the prices: the
    /// share of it is that of the returned lines, or of the order's goods when the refund has no lines.
    /// </summary>
    private static decimal GetAmount(
        WebhookPayload refund, IReadOnlyList<WebhookPayload> lines, bool taxInside, decimal defaultTaxShare)
    {
        var subtotal = lines.Sum(line => line.AmountOrZero("subtotal"));
        var tax = taxInside ? lines.Sum(line => line.AmountOrZero("total_tax")) : 0;
        var taxShare = !taxInside ? 0 : subtotal > 0 ? Math.Clamp(tax / subtotal, 0, 1) : defaultTaxShare;
        var discrepancy = refund.Objects("order_adjustments").Where(ShopifyMoney.IsDiscrepancy)
            .Sum(one => one.AmountOrZero("amount") * (one.AmountOrZero("tax_amount") == 0 ? 1 - taxShare : 1));
        return subtotal - tax - discrepancy;
    }

    private static ShopRefund? MapRefund(WebhookPayload refund, string currency, decimal amount)
    {
        var id = refund.RequiredText("id");
        if (ShopifyMoney.IsRefundFailed(refund) || ShopEventMapper.Round(amount, currency) <= 0) return null;
        var at = refund.Time("processed_at") ?? refund.Time("created_at")
            ?? throw refund.Unmappable(
                RejectionReason.MemberMissing, "created_at", "is missing from the shop's payload.");
        return new(id, at, currency, amount);
    }

    private static bool IsGoods(WebhookPayload line) =>
        line.Object("line_item") is not { } item || ShopifyMoney.IsGoods(item);

    private static string? FindCurrency(WebhookPayload refund, IReadOnlyList<WebhookPayload> transactions) =>
        refund.Objects("refund_line_items").Select(line => line.Object("subtotal_set"))
            .Concat(refund.Objects("order_adjustments").Select(adjustment => adjustment.Object("amount_set")))
            .Select(set => set?.Object("shop_money")?.Text("currency_code"))
            .Concat(transactions.Select(transaction => transaction.Text("currency")))
            .FirstOrDefault(code => !string.IsNullOrEmpty(code));

    /// <summary>
    /// Returns whether a line's price includes its tax, judged by the tax rates with a tolerance of a hundredth of the
    /// tax and two hundredths of the currency unit.
    /// </summary>
    private static bool PriceIncludesTax(WebhookPayload line)
    {
        var rate = line.Object("line_item")?.Objects("tax_lines").Sum(tax => tax.AmountOrZero("rate")) ?? 0;
        var (subtotal, tax) = (line.AmountOrZero("subtotal"), line.AmountOrZero("total_tax"));
        return rate > 0 && tax > 0 && Math.Abs(tax - (subtotal * rate / (1 + rate))) <= 0.02m + (tax / 100);
    }
}
