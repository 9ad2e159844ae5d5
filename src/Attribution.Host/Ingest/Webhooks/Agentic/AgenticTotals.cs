namespace Attribution.Host.Ingest.Webhooks.Agentic;

/// <summary>The amounts of an order when it was placed, in minor units. Tax is in none of them but its own.</summary>
/// <param name="Gross">The goods before discounts.</param>
/// <param name="Goods">The goods after discounts, at least 0.</param>
/// <param name="Tax">The tax.</param>
/// <param name="Shipping">The fulfillment.</param>
/// <param name="Refunded">ACP: the sum of all refunds, which the total does not contain.</param>
internal sealed record AgenticTotals(decimal Gross, decimal Goods, decimal Tax, decimal Shipping, decimal Refunded)
{
    // Goods and their discounts, tax, means of payment, sums, and what happened after the total was charged.
    private static readonly string[] Sums =
        ["items_base_amount", "items_discount", "subtotal", "discount", "tax", "store_credit", "total", "amount_refunded"];

    /// <summary>True if the stated prices contain the tax, which was taken out of gross and goods.</summary>
    public bool IsTaxInside { get; init; }

    /// <summary>Gets the discounts on the goods.</summary>
    public decimal Discount => Gross - Goods;

    /// <summary>
    /// Reads the totals of an order. The protocols differ: ACP's subtotal is what its discounts by line left and its
    /// discounts are positive, UCP's subtotal is before them and they are negative. The readings that add up to the
    /// total are preferred to those that do not; tax is on top of the prices, or else inside of them.
    /// </summary>
    /// <returns>Null if the order states no amounts.</returns>
    public static AgenticTotals? FromOrder(AgenticProtocol protocol, WebhookPayload order, IReadOnlyList<AgenticLine> lines)
    {
        var entries = ReadEntries(order);
        if (entries.Count == 0 && lines.Sum(line => line.Net) == 0) return null;
        var onLines = SumOf(entries, "items_discount");
        var stated = entries.Contains("subtotal") ? entries["subtotal"].Sum()
            : entries.Contains("items_base_amount") ? entries["items_base_amount"].Sum() - (protocol == AgenticProtocol.Acp ? onLines : 0)
            : lines.Sum(line => line.Net);
        var (discount, tax, shipping) = (SumOf(entries, "discount"), SumOf(entries, "tax"), Math.Max(0, entries["fulfillment"].Sum()));
        // Shipping, fees, tips, wrapping, and whatever else a shop names: charged, but no goods.
        var others = entries.Where(entry => !Sums.Contains(entry.Key)).Sum(entry => entry.Sum());
        bool AddsUp(decimal sum) => entries.Contains("total")
            && (entries["total"].Sum() == sum || entries["total"].Sum() == sum - SumOf(entries, "store_credit"));
        decimal GoodsIf(bool isNet) => Math.Max(0, stated - (isNet ? 0 : onLines) - discount);
        bool Fits(bool isNet) => AddsUp(GoodsIf(isNet) + others + tax) || AddsUp(GoodsIf(isNet) + others);

        var isNet = Fits(protocol == AgenticProtocol.Acp) || !Fits(protocol != AgenticProtocol.Acp)
            ? protocol == AgenticProtocol.Acp : protocol != AgenticProtocol.Acp;
        var goods = GoodsIf(isNet);
        var gross = Math.Max(goods, stated + (isNet ? onLines : 0));
        var isTaxInside = tax > 0 && !AddsUp(goods + others + tax) && AddsUp(goods + others);
        if (isTaxInside)
        {
            var untaxed = 1 - Math.Min(1, tax / (goods + others));
            (gross, goods, shipping) = (Math.Round(gross * untaxed), Math.Round(goods * untaxed), Math.Round(shipping * untaxed));
        }

        return new(gross, goods, tax, shipping, entries["amount_refunded"].Sum()) { IsTaxInside = isTaxInside };
    }

    /// <summary>Reads entries of totals by type. A type may occur several times.</summary>
    public static ILookup<string, decimal> ReadEntries(WebhookPayload subject) =>
        subject.Objects("totals").Select(entry => (Type: entry.RequiredText("type"), Amount: entry.Minor("amount") ?? 0))
            .ToLookup(entry => entry.Type, entry => entry.Amount, StringComparer.Ordinal);

    /// <summary>Returns the sum of the entries of a type, whatever sign the protocol gives them.</summary>
    public static decimal SumOf(ILookup<string, decimal> entries, string type) => entries[type].Sum(amount => Math.Abs(amount));
}
