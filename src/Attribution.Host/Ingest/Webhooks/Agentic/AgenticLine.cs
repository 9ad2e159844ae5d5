using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Webhooks.Agentic;

/// <summary>A line of an order.</summary>
/// <param name="Id">Its id, by which adjustments name it.</param>
/// <param name="Pieces">
/// The number of pieces that were ordered. UCP counts steps of a unit, such as hundredths of a pound.
/// </param>
/// <param name="Net">The price of all pieces after the line's discounts, in minor units.</param>
/// <param name="IsRemoved">Whether no piece is left.</param>
internal sealed record AgenticLine(string Id, decimal Pieces, decimal Net, bool IsRemoved)
{
    // UCP allows no finer unit.
    private const int MaxScale = 9;

    /// <summary>Gets the product; null if the line names none.</summary>
    public string? Product { get; init; }

    /// <summary>Gets the line's own discounts, in minor units.</summary>
    public decimal Discount { get; init; }

    /// <summary>Gets the number of pieces, or the amount of the unit.</summary>
    public decimal Quantity { get; init; }

    /// <summary>Gets the price of a piece.</summary>
    public decimal Price => Pieces > 0 ? Net / Pieces : 0;

    /// <summary>Reads the lines of an order.</summary>
    public static IReadOnlyList<AgenticLine> FromOrder(WebhookPayload order, ShopEvidence evidence) =>
        [.. order.Objects("line_items").Select(line => FromLine(line, evidence))];

    private static AgenticLine FromLine(WebhookPayload line, ShopEvidence evidence)
    {
        // A number in ACP before 2026, an object since.
        var quantity = line.ExpandedObject("quantity");
        var pieces = quantity is { } stated
            ? stated.Minor("ordered") ?? stated.Minor("original") ?? stated.Minor("total") ?? stated.Minor("current") ?? 0
            : line.Minor("quantity") ?? 0;
        var left = quantity?.Minor("current") ?? quantity?.Minor("total");
        var totals = AgenticTotals.ReadEntries(line);
        var discount = totals.Contains("subtotal")
            ? AgenticTotals.SumOf(totals, "items_discount") + AgenticTotals.SumOf(totals, "discount") : 0;
        var net = totals.Contains("subtotal") ? totals["subtotal"].Sum() - discount
            : line.Minor("subtotal") ?? ((line.Minor("unit_price") ?? 0) * pieces);
        var item = evidence.GetObject(line, "item");
        var scale = item is { } unit && evidence.GetObject(unit, "quantity_unit") is { } quantityUnit ? evidence.GetAmount(quantityUnit, "scale") : null;
        return new(line.RequiredText("id"), pieces, Math.Max(0, net), left == 0)
        {
            Product = item is { } named ? evidence.GetText(named, "id", EventLimits.Id) : evidence.GetText(line, "product_id", EventLimits.Id),
            Discount = discount, Quantity = scale is > 0 and <= MaxScale ? pieces / (decimal)Math.Pow(10, (double)decimal.Truncate(scale.Value)) : pieces,
        };
    }
}
