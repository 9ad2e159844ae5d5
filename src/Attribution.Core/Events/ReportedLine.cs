using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>A line of an order as reported by one event, in minor units of the order's currency.</summary>
/// <param name="Id">The shop's id of the line; null if it was not reported.</param>
/// <param name="Product">The product; null if it was not reported.</param>
/// <param name="Category">The category; null if it was not reported.</param>
/// <param name="Quantity">The number of units, in thousandths.</param>
/// <param name="Goods">The goods before discounts.</param>
/// <param name="Discount">The discount; at most <paramref name="Goods"/>.</param>
public sealed record ReportedLine(
    string? Id, string? Product, string? Category, long Quantity, long Goods, long Discount)
{
    /// <summary>Thousandths of a unit.</summary>
    public const long OneUnit = 1_000;

    /// <summary>
    /// Returns true if lines divide an order: their goods sum to its gross, and their discounts to at most its discount.
    /// Each line may have been rounded, so one minor unit per line is tolerated.
    /// </summary>
    public static bool AddUp(IReadOnlyList<ReportedLine> lines, long gross, long discount) =>
        Math.Abs(lines.Sum(line => line.Goods) - gross) <= lines.Count
        && lines.Sum(line => line.Discount) - discount <= lines.Count;

    /// <summary>Returns the name of a product or category in the form that is compared; null if there is none.</summary>
    public static string? KeyOf(string? name) => name is null ? null : TextNormalizer.Code(name);
}

/// <summary>A part of a refund that gives back a line of its order, in minor units of the refund's currency.</summary>
/// <param name="Id">The id of the order's line; null if it was not reported.</param>
/// <param name="Product">The product; null if it was not reported.</param>
/// <param name="Amount">The refunded goods.</param>
public sealed record ReportedRefundLine(string? Id, string? Product, long Amount);
