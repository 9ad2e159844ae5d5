using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Webhooks.WooCommerce;

/// <summary>
/// Maps the lines of orders and refunds, which exclude tax. Fees are no lines: all lines share the negative ones, as any
/// discount that no line has.
/// </summary>
internal static class WooCommerceLines
{
    // Id of the order's line in the metadata of a refund's line.
    private const string RefundedItemName = "_refunded_item_id";

    /// <summary>Maps a line of an order. One that was made dearer by hand counts with its higher price.</summary>
    public static OrderLine MapLine(WebhookPayload line, ShopEvidence evidence)
    {
        var goods = WooCommerceMoney.GetPrice(line);
        return ShopLines.Create(
            evidence.GetText(line, "id", EventLimits.Id), FindProduct(line, evidence), evidence.GetAmount(line, "quantity"),
            goods, goods - line.AmountOrZero("total"));
    }

    /// <summary>
    /// Maps the lines of a refund; null if it names none. WooCommerce states them in its list of refunds, and not in the
    /// order.
    /// </summary>
    /// <param name="refund">The refund.</param>
    /// <param name="amount">Its amount, which the goods share with shipping and fees.</param>
    /// <param name="evidence">Notes what is left out.</param>
    public static IReadOnlyList<RefundLine>? MapRefund(WebhookPayload refund, decimal amount, ShopEvidence evidence) =>
        ShopLines.ShareRefund(
            evidence.GetObjects(refund, "line_items").Select(line => new RefundLine(
                Math.Abs(evidence.GetAmount(line, "total") ?? 0), evidence.GetId(line, "meta_data", "key", RefundedItemName),
                FindProduct(line, evidence))),
            amount);

    private static string? FindProduct(WebhookPayload line, ShopEvidence evidence) =>
        evidence.GetText(line, "sku", EventLimits.Id)
        // 0 for a product that was deleted, or that never was one.
        ?? (evidence.GetText(line, "product_id", EventLimits.Id) is { } id && id != "0" ? id : null);
}
