using System.Collections.Frozen;

namespace Attribution.Core.Values;

/// <summary>A rate that law fixes permanently.</summary>
/// <param name="Currency">The currency that the euro replaced.</param>
/// <param name="PerEuro">Units of it per euro.</param>
/// <param name="Since">The first day on which the euro replaced it.</param>
/// <param name="Source">The law.</param>
public sealed record FixedRate(string Currency, decimal PerEuro, DateOnly Since, string Source);

/// <summary>The conversion rates of the currencies that the euro replaced.</summary>
public static class FixedRates
{
    private static readonly FrozenDictionary<string, FixedRate> ByCurrency = CreateAll().ToFrozenDictionary(rate => rate.Currency);

    /// <summary>Gets all rates by currency.</summary>
    public static IReadOnlyList<FixedRate> All { get; } = [.. ByCurrency.Values.OrderBy(rate => rate.Currency, StringComparer.Ordinal)];

    /// <summary>Returns the rate of a currency; null if the euro did not replace it.</summary>
    public static FixedRate? Find(string currency) => ByCurrency.GetValueOrDefault(currency);

    /// <summary>Returns true if a conversion between two currencies may use a fixed rate.</summary>
    public static bool Concern(string? from, string to) =>
        from is not null && from != to && (ByCurrency.ContainsKey(from) || ByCurrency.ContainsKey(to));

    private static IEnumerable<FixedRate> CreateAll()
    {
        const string First = "Council Regulation (EC) No 2866/98";
        var start = new DateOnly(1999, 1, 1);
        return
        [
            new("BEF", 40.3399m, start, First), new("DEM", 1.95583m, start, First), new("ESP", 166.386m, start, First),
            new("FRF", 6.55957m, start, First), new("IEP", 0.787564m, start, First), new("ITL", 1936.27m, start, First),
            new("LUF", 40.3399m, start, First), new("NLG", 2.20371m, start, First), new("ATS", 13.7603m, start, First),
            new("PTE", 200.482m, start, First), new("FIM", 5.94573m, start, First),
            new("GRD", 340.750m, new(2001, 1, 1), "Council Regulation (EC) No 1478/2000"),
            new("SIT", 239.640m, new(2007, 1, 1), "Council Regulation (EC) No 1086/2006"),
            new("CYP", 0.585274m, new(2008, 1, 1), "Council Regulation (EC) No 1135/2007"),
            new("MTL", 0.429300m, new(2008, 1, 1), "Council Regulation (EC) No 1134/2007"),
            new("SKK", 30.1260m, new(2009, 1, 1), "Council Regulation (EC) No 694/2008"),
            new("EEK", 15.6466m, new(2011, 1, 1), "Council Regulation (EU) No 671/2010"),
            new("LVL", 0.702804m, new(2014, 1, 1), "Council Regulation (EU) No 870/2013"),
            new("LTL", 3.45280m, new(2015, 1, 1), "Council Regulation (EU) No 851/2014"),
            new("HRK", 7.53450m, new(2023, 1, 1), "Council Regulation (EU) 2022/1208"),
            new("BGN", 1.95583m, new(2026, 1, 1), "Council Regulation (EU) 2025/1409"),
        ];
    }
}
