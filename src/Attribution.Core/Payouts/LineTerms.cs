using System.Collections.Frozen;
using Attribution.Core.Events;

namespace Attribution.Core.Payouts;

/// <summary>
/// The terms of an agreement for products and categories. The product's term precedes that of its category, which precedes
/// the agreement's own rate. Names are compared in the form of <see cref="ReportedLine.KeyOf"/>.
/// </summary>
/// <param name="Products">The rate of each product in percent; null for one that is excluded.</param>
/// <param name="Categories">The rate of each category in percent; null for one that is excluded.</param>
public sealed record LineTerms(FrozenDictionary<string, decimal?> Products, FrozenDictionary<string, decimal?> Categories)
{
    /// <summary>Returns the rate of a line in percent; null if it is excluded.</summary>
    /// <param name="line">The line.</param>
    /// <param name="ownRate">The agreement's own rate.</param>
    public decimal? RateOf(ReportedLine line, decimal ownRate) =>
        (ReportedLine.KeyOf(line.Product) is { } product && Products.TryGetValue(product, out var rate))
        || (ReportedLine.KeyOf(line.Category) is { } category && Categories.TryGetValue(category, out rate))
            ? rate : ownRate;
}
