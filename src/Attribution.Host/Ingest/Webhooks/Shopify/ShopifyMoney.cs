namespace Attribution.Host.Ingest.Webhooks.Shopify;

/// <summary>
/// Rules for the goods in Shopify's orders and refunds. Gift cards are a means of payment, and a tip belongs to the
/// staff; Shopify lists both among the line items.
/// </summary>
internal static class ShopifyMoney
{
    /// <summary>
    /// Returns whether a line item is goods. A tip is recognized by a member that Shopify writes for tips only, often
    /// as null.
    /// </summary>
    public static bool IsGoods(WebhookPayload line) => !line.Boolean("gift_card") && !line.Has("tip_payment_gateway");

    /// <summary>Returns the sum of a line's taxes.</summary>
    public static decimal GetTax(WebhookPayload line) =>
        line.Objects("tax_lines").Sum(tax => tax.AmountOrZero("price"));

    /// <summary>Returns a line's price for all its pieces, before discounts.</summary>
    public static decimal GetPrice(WebhookPayload line) => line.AmountOrZero("price") * line.AmountOrZero("quantity");

    /// <summary>Returns the discounts on a line.</summary>
    public static decimal GetDiscount(WebhookPayload line) =>
        line.Objects("discount_allocations").Sum(allocation => allocation.AmountOrZero("amount"));

    /// <summary>
    /// Returns the part of the goods' prices, after discounts, that is tax; 0 when they are free or exclude tax.
    /// </summary>
    public static decimal GetTaxShare(IReadOnlyList<WebhookPayload> goods, bool taxInside)
    {
        var paid = taxInside ? goods.Sum(line => GetPrice(line) - GetDiscount(line)) : 0;
        return paid > 0 ? Math.Min(1, goods.Sum(GetTax) / paid) : 0;
    }

    /// <summary>
    /// Returns whether an order adjustment is a discrepancy between a refund's lines and its payment. Since API version
    /// 2024-10 adjustments have no kind, and only discrepancies remain; earlier ones name refunded shipping as well.
    /// </summary>
    public static bool IsDiscrepancy(WebhookPayload adjustment) =>
        adjustment.Text("kind") is { Length: > 0 } kind
            ? kind == "refund_discrepancy"
            : !IsShipping(adjustment.Text("reason"));

    /// <summary>
    /// Returns whether the payments of a refund were tried and none of them succeeded or can still succeed: the buyer has
    /// no money back. A refund without payments is judged by its lines and discrepancies.
    /// </summary>
    public static bool IsRefundFailed(WebhookPayload refund)
    {
        var payments = refund.Objects("transactions").Where(one => one.Text("kind") is null or "refund").ToList();
        return payments.Count > 0 && payments.All(one => one.Text("status") is "failure" or "error");
    }

    private static bool IsShipping(string? reason) =>
        reason?.Replace('_', ' ').Equals("shipping refund", StringComparison.OrdinalIgnoreCase) == true;
}
