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
    /// <summary>Gets the price of a piece.</summary>
    public decimal Price => Pieces > 0 ? Net / Pieces : 0;

    /// <summary>Reads the lines of an order.</summary>
    public static IReadOnlyList<AgenticLine> FromOrder(WebhookPayload order) => [.. order.Objects("line_items").Select(FromLine)];

    private static AgenticLine FromLine(WebhookPayload line)
    {
        // A number in ACP before 2026, an object since.
        var quantity = line.ExpandedObject("quantity");
        var pieces = quantity is { } stated
            ? stated.Minor("ordered") ?? stated.Minor("original") ?? stated.Minor("total") ?? stated.Minor("current") ?? 0
            : line.Minor("quantity") ?? 0;
        var left = quantity?.Minor("current") ?? quantity?.Minor("total");
        var totals = AgenticTotals.ReadEntries(line);
        var net = totals.Contains("subtotal")
            ? totals["subtotal"].Sum() - AgenticTotals.SumOf(totals, "items_discount") - AgenticTotals.SumOf(totals, "discount")
            : line.Minor("subtotal") ?? ((line.Minor("unit_price") ?? 0) * pieces);
        return new(line.RequiredText("id"), pieces, Math.Max(0, net), left == 0);
    }
}
