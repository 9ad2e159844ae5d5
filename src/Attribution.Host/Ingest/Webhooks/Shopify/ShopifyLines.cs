using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Webhooks.Shopify;

/// <summary>Maps the lines of orders and refunds that are goods. Amounts are those of the order, line by line.</summary>
internal static class ShopifyLines
{
    /// <summary>Maps a line of an order.</summary>
    /// <param name="line">The line.</param>
    /// <param name="taxInside">True if prices include tax.</param>
    /// <param name="evidence">Notes what is left out.</param>
    public static OrderLine MapLine(WebhookPayload line, bool taxInside, ShopEvidence evidence) => ShopLines.Create(
        evidence.GetText(line, "id", EventLimits.Id), FindProduct(line, evidence), line.Amount("quantity"),
        ShopifyMoney.GetPrice(line) - (taxInside ? ShopifyMoney.GetTax(line) : 0), ShopifyMoney.GetDiscount(line));

    /// <summary>Maps the lines of a refund; null if it names none.</summary>
    /// <param name="lines">The lines that are goods.</param>
    /// <param name="taxInside">True if prices include tax.</param>
    /// <param name="amount">The amount of the refund, which discrepancies may have lowered.</param>
    /// <param name="evidence">Notes what is left out.</param>
    public static IReadOnlyList<RefundLine>? MapRefund(
        IReadOnlyList<WebhookPayload> lines, bool taxInside, decimal amount, ShopEvidence evidence) => ShopLines.ShareRefund(
            lines.Select(line => new RefundLine(
                line.AmountOrZero("subtotal") - (taxInside ? line.AmountOrZero("total_tax") : 0),
                evidence.GetText(line, "line_item_id", EventLimits.Id),
                line.Object("line_item") is { } item ? FindProduct(item, evidence) : null)),
            amount);

    private static string? FindProduct(WebhookPayload line, ShopEvidence evidence) =>
        evidence.GetText(line, "sku", EventLimits.Id) ?? evidence.GetText(line, "product_id", EventLimits.Id);
}
