using System.Collections.Frozen;
using Attribution.Contracts.Catalog;

namespace Attribution.Core.Catalog;

/// <summary>
/// The exchange rates by day. On a day the pair's own rate comes first, then the opposite one read the other way, then the two legs through
/// the first currency (by code) that has both that day; a day without any of these takes the nearest earlier day that has one. Thread-safe.
/// </summary>
internal sealed class ExchangeRates
{
    private readonly FrozenDictionary<(string From, string To, DateOnly On), decimal> rates;
    private readonly FrozenDictionary<string, string[]> partners;

    public ExchangeRates(IEnumerable<FxRateItem> items)
    {
        rates = items.GroupBy(rate => (rate.From, rate.To, rate.On))
            .ToFrozenDictionary(group => group.Key, group => group.OrderBy(rate => rate.Id, StringComparer.Ordinal).Last().Rate);
        partners = rates.Keys.SelectMany(pair => new[] { (One: pair.From, Other: pair.To), (One: pair.To, Other: pair.From) })
            .GroupBy(pair => pair.One, pair => pair.Other)
            .ToFrozenDictionary(group => group.Key, group => group.Distinct().Order(StringComparer.Ordinal).ToArray());
    }

    /// <summary>How many units of one currency one unit of another is.</summary>
    /// <param name="from">The currency to convert.</param>
    /// <param name="to">The currency wanted.</param>
    /// <param name="on">The local day.</param>
    /// <param name="maxAgeDays">How many days before it a rate may be of, inside; 0: of that very day only.</param>
    /// <returns>1 for the same currency; null when no rate is known.</returns>
    public decimal? Find(string from, string to, DateOnly on, int maxAgeDays)
    {
        if (from == to) return 1;
        if (!partners.TryGetValue(from, out var neighbours) || !partners.ContainsKey(to)) return null;
        for (var age = 0; age <= maxAgeDays && age <= on.DayNumber; age++)
        {
            var day = on.AddDays(-age);
            if (FindDirect(from, to, day) is { } rate) return rate;
            foreach (var through in neighbours)
                if (FindDirect(from, through, day) is { } first && FindDirect(through, to, day) is { } second)
                    return first * second;
        }

        return null;
    }

    private decimal? FindDirect(string from, string to, DateOnly on) =>
        rates.TryGetValue((from, to, on), out var rate) ? rate
        : rates.TryGetValue((to, from, on), out var inverse) ? 1 / inverse
        : null;
}
