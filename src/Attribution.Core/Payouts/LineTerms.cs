using System.Collections.Frozen;
using Attribution.Core.Events;

namespace Attribution.Core.Payouts;

/// <summary>
/// Rates by product and category, such as the terms of an agreement. The product's rate precedes that of its category,
/// which precedes the rate of all others. Names are compared in the form of <see cref="ReportedLine.KeyOf"/>.
/// </summary>
/// <param name="Products">The rate of each product in percent; null for one that is excluded.</param>
/// <param name="Categories">The rate of each category in percent; null for one that is excluded.</param>
public sealed record LineTerms(FrozenDictionary<string, decimal?> Products, FrozenDictionary<string, decimal?> Categories)
{
    /// <summary>Returns the rate of a line in percent; null if it is excluded, or has none.</summary>
    /// <param name="line">The line.</param>
    /// <param name="ownRate">The rate of a line without a term.</param>
    public decimal? RateOf(ReportedLine line, decimal? ownRate) =>
        (ReportedLine.KeyOf(line.Product) is { } product && Products.TryGetValue(product, out var rate))
        || (ReportedLine.KeyOf(line.Category) is { } category && Categories.TryGetValue(category, out rate))
            ? rate : ownRate;

    /// <summary>Creates the terms; null if there are none. The first of several terms of a name applies.</summary>
    /// <param name="terms">The rate, or null, of a product or a category.</param>
    internal static LineTerms? Create(IEnumerable<(string? Product, string? Category, decimal? Rate)> terms)
    {
        var all = terms.ToList();
        return all.Count == 0 ? null : new(Index(term => term.Product), Index(term => term.Category));

        FrozenDictionary<string, decimal?> Index(Func<(string? Product, string? Category, decimal? Rate), string?> nameOf) =>
            all.Where(term => nameOf(term) is not null).DistinctBy(term => ReportedLine.KeyOf(nameOf(term)))
                .ToFrozenDictionary(term => ReportedLine.KeyOf(nameOf(term))!, term => term.Rate, StringComparer.Ordinal);
    }
}
