using System.Collections.Frozen;
using Attribution.Contracts.Catalog;

namespace Attribution.Core.Catalog;

/// <summary>
/// The exchange rates by day. On each day, the pair's own rate has precedence, then the inverse of the opposite rate,
/// then two rates through the first currency (by code) that has both on that day. A day without any of these uses the
/// nearest earlier day that has one. Thread-safe.
/// </summary>
internal sealed class ExchangeRates
{
    private readonly FrozenDictionary<(string From, string To, DateOnly On), decimal> rates;
    private readonly FrozenDictionary<string, string[]> partners;

    public ExchangeRates(IEnumerable<FxRateItem> items)
    {
        rates = items.GroupBy(rate => (rate.From, rate.To, rate.On))
            .ToFrozenDictionary(
                group => group.Key, group => group.OrderBy(rate => rate.Id, StringComparer.Ordinal).Last().Rate);
        partners = rates.Keys.SelectMany(pair => new[] { (pair.From, pair.To), (From: pair.To, To: pair.From) })
            .GroupBy(pair => pair.From, pair => pair.To)
            .ToFrozenDictionary(
                group => group.Key, group => group.Distinct().Order(StringComparer.Ordinal).ToArray());
    }

    /// <summary>Returns the number of units of one currency per unit of another.</summary>
    /// <param name="from">The currency to convert.</param>
    /// <param name="to">The target currency.</param>
    /// <param name="on">The local day.</param>
    /// <param name="maxAgeDays">Maximum age of a rate in days (inclusive); 0: only rates of the same day.</param>
    /// <returns>The rate; 1 for the same currency; null if no rate is known.</returns>
    public decimal? Find(string from, string to, DateOnly on, int maxAgeDays)
    {
        if (from == to) return 1;
        if (!partners.TryGetValue(from, out var neighbors) || !partners.ContainsKey(to)) return null;
        for (var age = 0; age <= maxAgeDays && age <= on.DayNumber; age++)
        {
            var day = on.AddDays(-age);
            if (FindDirect(from, to, day) is { } rate) return rate;
            foreach (var through in neighbors)
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
