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
/// <param name="Lines">The lines that are goods: price and quantity.</param>
/// <param name="Subtotal">The goods after discounts.</param>
/// <param name="Shipping">The shipping.</param>
/// <param name="Taxes">All tax.</param>
/// <param name="Total">The charged sum.</param>
/// <param name="Refunded">The refunded part of the total.</param>
/// <param name="IsTaxInside">True if prices include tax.</param>
/// <param name="Rate">The tax rate; null if the order has several or its names of taxes do not contain it.</param>
/// <param name="Currency">The currency.</param>
internal sealed partial record ShopifyTableAmounts(
    IReadOnlyList<(decimal Price, decimal Quantity)> Lines, decimal Subtotal, decimal Shipping, decimal Taxes, decimal Total, decimal Refunded,
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
            [.. lines.Where(line => !IsGiftCard(line.Row) && !IsTip(line.Row)).Select(line => (line.Price, line.Quantity))],
            Math.Max(0, subtotal - giftCards), shipping, taxes, total, first.AmountOrZero("Refunded Amount"),
            Math.Abs(rest) < Math.Abs(rest - taxes), FindRate(first), first["Currency"]);
    }

    /// <summary>
    /// Returns the lines as in a webhook. The first one has the whole discount, and the goods' tax if prices include it.
    /// Where the prices do not add up to the subtotal, as after an edit, a further line makes up for the difference.
    /// </summary>
    public JsonArray ToLines()
    {
        var discount = Lines.Sum(line => line.Price * line.Quantity) - Subtotal;
        var lines = new List<JsonObject>(Lines.Select(line => CreateLine(line.Price, line.Quantity)));
        if (lines.Count > 0 && discount < 0) lines.Add(CreateLine(-discount, 1));
        if (lines.Count > 0)
        {
            lines[0]["discount_allocations"] = new JsonArray(new JsonObject { ["amount"] = Math.Max(0, discount) });
            lines[0]["tax_lines"] = new JsonArray(new JsonObject { ["price"] = GetGoodsTax() });
        }

        return new([.. lines]);
    }

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

        decimal Round(decimal amount) => ShopEventMapper.Round(amount, Currency)!.Value;
    }

    private static decimal? FindRate(TableRow row) =>
        row["Tax 2 Name"].Length == 0 && RatePattern().Match(row["Tax 1 Name"]) is { Success: true } match
            ? decimal.Parse(match.Groups[1].Value.Replace(',', '.'), CultureInfo.InvariantCulture) / 100
            : null;

    [GeneratedRegex(@"(\d{1,2}(?:[.,]\d{1,3})?)\s*%", RegexOptions.CultureInvariant)]
    private static partial Regex RatePattern();

    private static JsonObject CreateLine(decimal price, decimal quantity) => new() { ["price"] = price, ["quantity"] = quantity };

    private static bool IsTip(TableRow row) => row["Lineitem name"].Equals("Tip", StringComparison.OrdinalIgnoreCase) && IsNotShipped(row);

    private static bool IsGiftCard(TableRow row) =>
        row["Lineitem name"].StartsWith("Gift card", StringComparison.OrdinalIgnoreCase) && IsNotShipped(row);

    private static bool IsNotShipped(TableRow row) =>
        row["Lineitem requires shipping"] == "false" && row["Lineitem taxable"] == "false";
}
