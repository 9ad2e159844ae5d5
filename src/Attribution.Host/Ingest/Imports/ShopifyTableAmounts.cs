using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Attribution.Contracts;
using Attribution.Host.Ingest.Webhooks;

namespace Attribution.Host.Ingest.Imports;

/// <summary>
/// The amounts of an order in Shopify's export. It states tax and order discounts per order, not per line, and does not
/// state whether prices include tax: the total tells.
/// </summary>
/// <param name="Lines">The lines that are goods.</param>
/// <param name="Subtotal">The goods after discounts.</param>
/// <param name="Shipping">The shipping.</param>
/// <param name="Taxes">All tax.</param>
/// <param name="Total">The charged sum.</param>
/// <param name="Refunded">The refunded part of the total.</param>
/// <param name="IsTaxInside">True if prices include tax.</param>
/// <param name="Rate">The tax rate; null if the order has several or its names of taxes do not contain it.</param>
/// <param name="Currency">The currency.</param>
internal sealed partial record ShopifyTableAmounts(
    IReadOnlyList<ShopifyTableLine> Lines, decimal Subtotal, decimal Shipping, decimal Taxes, decimal Total, decimal Refunded,
    bool IsTaxInside, decimal? Rate, string Currency)
{
    /// <summary>Reads the amounts of an order's rows.</summary>
    public static ShopifyTableAmounts FromRows(IReadOnlyList<TableRow> rows)
    {
        var first = rows[0];
        var lines = rows.Where(row => row["Lineitem price"].Length > 0)
            .Select(row => (Row: row, Price: row.AmountOrZero("Lineitem price"), Quantity: row.AmountOrZero("Lineitem quantity"))).ToList();
        var giftCards = lines.Where(line => IsGiftCard(line.Row)).Sum(line => line.Price * line.Quantity);
        var tips = lines.Where(line => IsTip(line.Row)).Sum(line => line.Price * line.Quantity);
        if (first["Subtotal"].Length == 0) throw first.Reject("Subtotal", RejectionReason.MemberMissing, "is empty. Export the orders again.");
        var (subtotal, shipping, taxes, total) = (
            first.AmountOrZero("Subtotal"), first.AmountOrZero("Shipping"), first.AmountOrZero("Taxes"), first.AmountOrZero("Total"));
        var rest = total - subtotal - shipping - tips - first.AmountOrZero("Duties");
        return new(
            [
                .. lines.Where(line => !IsGiftCard(line.Row) && !IsTip(line.Row))
                    .Select(line => new ShopifyTableLine(
                        line.Row["Lineitem sku"], line.Price, line.Quantity, ReadDiscount(line.Row))),
            ],
            Math.Max(0, subtotal - giftCards), shipping, taxes, total, first.AmountOrZero("Refunded Amount"),
            Math.Abs(rest) < Math.Abs(rest - taxes), FindRate(first), first["Currency"]);
    }

    /// <summary>
    /// Returns the lines as in a webhook. They share the discount that no line has, and the goods' tax, by their prices.
    /// Where the prices do not add up to the subtotal, as after an edit, a further line makes up for the difference.
    /// </summary>
    public JsonArray ToLines()
    {
        if (Lines.Count == 0) return [];
        var discount = Lines.Sum(line => line.Goods) - Subtotal;
        IReadOnlyList<ShopifyTableLine> lines = discount < 0 ? [.. Lines, new("", -discount, 1, 0)] : Lines;
        var own = lines.Select(line => Math.Clamp(line.Discount, 0, Math.Max(0, line.Goods))).ToList();
        // After an edit, the lines may have more discount than the order.
        if (own.Sum() > Math.Max(0, discount)) own = [.. own.Select(_ => 0m)];
        var rest = Share(Math.Max(0, discount) - own.Sum(), [.. lines.Select((line, i) => line.Goods - own[i])]);
        var taxes = Share(GetGoodsTax(), [.. lines.Select((line, i) => line.Goods - own[i] - rest[i])]);
        return new([.. lines.Select((line, i) => line.ToJson(own[i] + rest[i], taxes[i]))]);
    }

    /// <summary>Divides an amount by weights, in whole minor units but for the last one.</summary>
    private decimal[] Share(decimal amount, IReadOnlyList<decimal> weights)
    {
        var shares = new decimal[weights.Count];
        var (sum, upTo, given) = (weights.Sum(), 0m, 0m);
        for (var i = 0; i < shares.Length; i++)
        {
            upTo += weights[i];
            var next = sum <= 0 || i == shares.Length - 1 ? amount : Round(amount * (upTo / sum));
            (shares[i], given) = (next - given, next);
        }

        return shares;
    }

    private decimal Round(decimal amount) => ShopEventMapper.Round(amount, Currency)!.Value;

    /// <summary>
    /// Returns the goods' part of the tax. Shipping has the rest: by the tax rate or nothing, if that explains the tax, and
    /// else in the proportion of its price.
    /// </summary>
    private decimal GetGoodsTax()
    {
        if (Subtotal + Shipping <= 0) return 0;
        if (Rate is { } rate)
        {
            foreach (var ofShipping in new[] { Round(Shipping * rate / (1 + rate)), 0 })
            {
                // Each line is rounded by itself.
                if (Math.Abs(Taxes - ofShipping - (Subtotal * rate / (1 + rate))) < (Lines.Count + 1) * 0.01m) return Taxes - ofShipping;
            }
        }

        return Taxes - Round(Taxes * Shipping / (Subtotal + Shipping));
    }

    private static decimal? FindRate(TableRow row) =>
        row["Tax 2 Name"].Length == 0 && RatePattern().Match(row["Tax 1 Name"]) is { Success: true } match
            ? decimal.Parse(match.Groups[1].Value.Replace(',', '.'), CultureInfo.InvariantCulture) / 100
            : null;

    [GeneratedRegex(@"(\d{1,2}(?:[.,]\d{1,3})?)\s*%", RegexOptions.CultureInvariant)]
    private static partial Regex RatePattern();

    // It only divides the order's discount, so that it refuses no order.
    private static decimal ReadDiscount(TableRow row) =>
        decimal.TryParse(row["Lineitem discount"], NumberStyles.Number, CultureInfo.InvariantCulture, out var discount) ? discount : 0;

    private static bool IsTip(TableRow row) => row["Lineitem name"].Equals("Tip", StringComparison.OrdinalIgnoreCase) && IsNotShipped(row);

    private static bool IsGiftCard(TableRow row) =>
        row["Lineitem name"].StartsWith("Gift card", StringComparison.OrdinalIgnoreCase) && IsNotShipped(row);

    private static bool IsNotShipped(TableRow row) =>
        row["Lineitem requires shipping"] == "false" && row["Lineitem taxable"] == "false";
}

/// <summary>A line of an order in Shopify's export.</summary>
/// <param name="Sku">The SKU; empty if it has none.</param>
/// <param name="Price">The price of a piece.</param>
/// <param name="Quantity">The number of pieces.</param>
/// <param name="Discount">The line's own discount, without its part of the order's.</param>
internal sealed record ShopifyTableLine(string Sku, decimal Price, decimal Quantity, decimal Discount)
{
    /// <summary>Gets the price of all pieces.</summary>
    public decimal Goods => Price * Quantity;

    /// <summary>Returns the line as in a webhook.</summary>
    public JsonObject ToJson(decimal discount, decimal tax) => new()
    {
        ["sku"] = Sku, ["price"] = Price, ["quantity"] = Quantity,
        ["discount_allocations"] = new JsonArray(new JsonObject { ["amount"] = discount }),
        ["tax_lines"] = new JsonArray(new JsonObject { ["price"] = tax }),
    };
}
