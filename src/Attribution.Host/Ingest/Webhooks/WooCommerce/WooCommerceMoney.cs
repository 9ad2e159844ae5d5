namespace Attribution.Host.Ingest.Webhooks.WooCommerce;

/// <summary>
/// The goods of an order in money, without tax. Negative fees are discounts: plug-ins for points, loyalty and bulk
/// prices write them. Positive fees are not goods.
/// </summary>
/// <param name="Currency">The order's currency.</param>
/// <param name="Gross">
/// The goods before discounts. A line that was made dearer by hand counts with its higher price.
/// </param>
/// <param name="Goods">The goods after discounts, at least 0.</param>
/// <param name="Whole">
/// The amount of a full refund: goods, tax, shipping and fees. Not the order's <c>total</c> where that is less, since
/// gift cards lower it without making anything cheaper.
/// </param>
/// <param name="Others">Shipping and positive fees without tax, those above 0.</param>
/// <param name="OthersWithTax">The same with their tax, and the tax of the whole order, those above 0.</param>
internal sealed record WooCommerceMoney(
    string Currency, decimal Gross, decimal Goods, decimal Whole, IReadOnlyList<decimal> Others,
    IReadOnlyList<decimal> OthersWithTax)
{
    // Each combination of shipping and fees is tried; more of them than this are tried one at a time.
    private const int MaxCombined = 6;

    /// <summary>Reads the amounts of an order.</summary>
    public static WooCommerceMoney FromOrder(WebhookPayload order)
    {
        var lines = order.Objects("line_items");
        var feeLines = order.Objects("fee_lines", mayBeEmptyObject: true);
        var fees = feeLines.Select(fee => fee.AmountOrZero("total")).ToList();
        var shipping = order.AmountOrZero("shipping_total");
        var total = lines.Sum(line => line.AmountOrZero("total"));
        var goods = Math.Max(0, total + fees.Where(fee => fee < 0).Sum());
        return new(
            order.RequiredText("currency"),
            Math.Max(goods, lines.Sum(GetPrice)),
            goods,
            Math.Max(total + fees.Sum() + shipping + order.AmountOrZero("total_tax"), order.AmountOrZero("total")),
            [.. fees.Prepend(shipping).Where(amount => amount > 0)],
            [
                .. feeLines.Select(fee => fee.AmountOrZero("total") + fee.AmountOrZero("total_tax"))
                    .Prepend(shipping + order.AmountOrZero("shipping_tax"))
                    .Append(order.AmountOrZero("total_tax"))
                    .Where(amount => amount > 0),
            ]);
    }

    /// <summary>Returns the price of a line before discounts, at least 0.</summary>
    public static decimal GetPrice(WebhookPayload line) =>
        Math.Max(0, Math.Max(line.AmountOrZero("subtotal"), line.AmountOrZero("total")));

    /// <summary>
    /// Returns the goods' share of each refund, oldest first and rounded, so that the shares of refunds that return
    /// everything add up to all goods.
    /// </summary>
    public IReadOnlyList<(string Id, decimal Amount, WebhookPayload Refund)> ShareRefunds(WebhookPayload order)
    {
        var lines = order.Objects("line_items");
        var refunds = order.Objects("refunds", mayBeEmptyObject: true).Select(refund => (Id: refund.RequiredText("id"), Payload: refund))
            .DistinctBy(refund => refund.Id)
            .OrderBy(refund => refund.Id.Length).ThenBy(refund => refund.Id, StringComparer.Ordinal).ToList();
        var isWhole = order.Text("status") is "refunded" or "wc-refunded";
        var shares = new List<(string, decimal, WebhookPayload)>(refunds.Count);
        var (exact, rounded, given, others) = (0m, 0m, 0m, 0m);
        for (var i = 0; i < refunds.Count; i++)
        {
            var amount = Math.Abs(refunds[i].Payload.AmountOrZero("total"));
            given += amount;
            var goods = GetGoods(refunds[i].Payload, lines, others);
            if (goods == 0) others += amount;
            exact = given >= Whole ? Goods : Math.Min(Goods, exact + goods);
            // The status says that nothing is left, whatever part of it gift cards had paid.
            if (isWhole && i == refunds.Count - 1) exact = Goods;
            var upTo = ShopEventMapper.Round(exact, Currency) ?? 0;
            shares.Add((refunds[i].Id, upTo - rounded, refunds[i].Payload));
            rounded = upTo;
        }

        return shares;
    }

    /// <summary>
    /// Returns the goods in a refund. One with tax was entered by line: it is the refund without tax, less shipping and
    /// fees that were returned as a whole. Of any other only the sum is known: it has no goods when it equals shipping,
    /// fees or tax but no pieces of goods, else goods have their share of it.
    /// </summary>
    /// <param name="refund">The refund.</param>
    /// <param name="lines">The order's lines.</param>
    /// <param name="others">The sum of earlier refunds without goods, which are not returned twice.</param>
    private decimal GetGoods(WebhookPayload refund, IReadOnlyList<WebhookPayload> lines, decimal others)
    {
        var (given, tax) = (Math.Abs(refund.AmountOrZero("total")), Math.Abs(refund.AmountOrZero("total_tax")));
        if (tax == 0)
            return Whole <= others || (others + given <= Whole - Goods && IsWithoutGoods(given, lines))
                ? 0
                : Goods * Math.Min(1, given / (Whole - others));
        var net = Math.Max(0, given - tax);
        return Math.Min(Goods, net - FindOthers(net, lines));
    }

    /// <summary>
    /// Returns the part of an entered refund that is shipping and fees: all of it when it equals some of them, else the
    /// least that leaves whole pieces of the lines, else 0.
    /// </summary>
    private decimal FindOthers(decimal net, IReadOnlyList<WebhookPayload> lines)
    {
        var sums = Combine(Others);
        if (sums.Contains(net)) return net;
        if (PieceSums.FromLines(lines, Currency) is not { } pieces || pieces.Contains(net)) return 0;
        return sums.Where(sum => sum < net && pieces.Contains(net - sum)).Order().FirstOrDefault();
    }

    /// <summary>
    /// Returns true when a sum equals some of shipping, fees and tax, and no pieces of the lines with or without tax.
    /// </summary>
    private bool IsWithoutGoods(decimal sum, IReadOnlyList<WebhookPayload> lines) =>
        (Combine(Others).Contains(sum) || Combine(OthersWithTax).Contains(sum))
        && PieceSums.FromLines(lines, Currency) is { } pieces && !pieces.Contains(sum)
        && PieceSums.FromLines(lines, Currency, withTax: true) is { } taxed && !taxed.Contains(sum);

    private static HashSet<decimal> Combine(IReadOnlyList<decimal> amounts)
    {
        if (amounts.Count > MaxCombined) return [.. amounts, amounts.Sum()];
        var sums = new HashSet<decimal>();
        for (var set = 1; set < 1 << amounts.Count; set++)
            sums.Add(amounts.Where((_, i) => (set >> i & 1) != 0).Sum());
        return sums;
    }
}
