using System.Collections.Frozen;
using System.Collections.Immutable;
using Attribution.Contracts.Catalog;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>
/// The exchange rates by day. On each day, the pair's own rate has precedence, then the inverse of the opposite rate,
/// then two rates through the first currency (by code) that has both on that day. A day without any of these uses the
/// nearest earlier day that has one. Currencies that the euro replaced have their fixed rate since then; earlier, the
/// fixed rate applies if there is no other. Thread-safe.
/// </summary>
internal sealed class ExchangeRates
{
    private const string Euro = "EUR";

    private readonly FrozenDictionary<(string From, string To, DateOnly On), decimal> rates;
    private readonly FrozenDictionary<string, string[]> partners;

    private readonly bool hasFixedRates;

    /// <summary>Creates the rates.</summary>
    /// <param name="items">The rates of the catalog.</param>
    /// <param name="hasFixedRates">False in a store whose processes do not all know the fixed rates yet.</param>
    public ExchangeRates(IEnumerable<FxRateItem> items, bool hasFixedRates)
    {
        this.hasFixedRates = hasFixedRates;
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
    /// <returns>The rate with the fixed rates that it contains; 1 for the same currency; null if no rate is known.</returns>
    public (decimal Rate, ImmutableArray<FixedRate> Fixed)? Find(string from, string to, DateOnly on, int maxAgeDays)
    {
        if (from == to) return (1, []);
        if (!hasFixedRates || !FixedRates.Concern(from, to)) return FindInTable(from, to, on, maxAgeDays) is { } known ? (known, []) : null;
        return FindThroughEuro(from, to, on, maxAgeDays, rate => rate.Since <= on)
            ?? (FindInTable(from, to, on, maxAgeDays) is { } stored ? (stored, []) : FindThroughEuro(from, to, on, maxAgeDays, _ => true));
    }

    /// <summary>Returns a rate through the euro that contains a fixed rate; null if there is none.</summary>
    private (decimal, ImmutableArray<FixedRate>)? FindThroughEuro(
        string from, string to, DateOnly on, int maxAgeDays, Func<FixedRate, bool> applies)
    {
        var (fixedFrom, fixedTo) = (Applying(from), Applying(to));
        if (fixedFrom is null && fixedTo is null) return null;
        var toEuro = fixedFrom is not null ? 1 / fixedFrom.PerEuro : FindInTable(from, Euro, on, maxAgeDays);
        var fromEuro = fixedTo?.PerEuro ?? FindInTable(Euro, to, on, maxAgeDays);
        return toEuro * fromEuro is { } rate ? (rate, [.. new[] { fixedFrom, fixedTo }.OfType<FixedRate>()]) : null;

        FixedRate? Applying(string currency) => FixedRates.Find(currency) is { } rate && applies(rate) ? rate : null;
    }

    private decimal? FindInTable(string from, string to, DateOnly on, int maxAgeDays)
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
