using Attribution.Core.Values;

namespace Attribution.Core.Rollups;

/// <summary>
/// The ratios of a report, in decimals, rounded once, on the way out, half to even. What each means, and when there is none, says
/// <see cref="RatioDefinition.All"/>. A ratio whose divisor is not above 0 is null: undefined, neither zero nor endless. (A cost is below 0 where
/// credit notes outweigh it: a return on it would have the wrong sign.) Sums, never ratios, are added up; a ratio of a group is that of its sums.
/// </summary>
public static class Ratios
{
    private const decimal Million = 1_000_000;

    /// <summary>Beyond so many times the orders there were, break-even is out of sight and the number stays at that.</summary>
    private const decimal MaxBreakEvenMultiple = 1_000_000_000_000;

    /// <summary>(net − cost) ÷ cost × 100, one decimal: 10,000 that bring 50,000 are 400.0. Both in minor units of one currency.</summary>
    public static decimal? RoiPercent(decimal net, decimal cost) => Rounded((net - cost) * 100, cost, 1);

    /// <summary>Net ÷ cost, two decimals.</summary>
    public static decimal? Roas(long net, long cost) => Rounded(net, cost, 2);

    /// <summary>Cost ÷ conversions, money.</summary>
    /// <param name="currency">Currency of the cost.</param>
    /// <param name="cost">Minor units.</param>
    /// <param name="conversionMicros">Credited share of orders, in millionths.</param>
    public static decimal? Cpa(Currency currency, long cost, long conversionMicros) => Money(currency, cost * Million, conversionMicros);

    /// <summary>Cost ÷ clicks, money.</summary>
    public static decimal? Cpc(Currency currency, long cost, long clicks) => Money(currency, cost, clicks);

    /// <summary>Cost ÷ engagements (likes, comments, shares, saves), money.</summary>
    public static decimal? Cpe(Currency currency, long cost, long engagements) => Money(currency, cost, engagements);

    /// <summary>Cost ÷ impressions × 1,000, money.</summary>
    public static decimal? Cpm(Currency currency, long cost, long impressions) => Money(currency, cost * 1_000m, impressions);

    /// <summary>Engagements (likes, comments, shares, saves) ÷ reach, four decimals.</summary>
    public static decimal? EngagementRate(long engagements, long reach) => Rounded(engagements, reach, 4);

    /// <summary>(gross − discount) ÷ conversions, money.</summary>
    /// <param name="currency">Currency of the amounts.</param>
    /// <param name="goods">Gross less discount, minor units.</param>
    /// <param name="conversionMicros">Credited share of orders, in millionths.</param>
    public static decimal? Aov(Currency currency, long goods, long conversionMicros) => Money(currency, goods * Million, conversionMicros);

    /// <summary>Conversions ÷ unique visitors, four decimals.</summary>
    /// <param name="conversionMicros">Credited share of orders, in millionths.</param>
    /// <param name="uniqueVisitors">Visitors.</param>
    public static decimal? ConversionRate(long conversionMicros, long uniqueVisitors) => Rounded(conversionMicros, uniqueVisitors * Million, 4);

    /// <summary>Net ÷ clicks, money.</summary>
    public static decimal? Epc(Currency currency, long net, long clicks) => Money(currency, net, clicks);

    /// <summary>
    /// How many whole orders it takes until what they earn has covered the cost that does not depend on them: (cost − commission) ÷ ((earned −
    /// commission) ÷ conversions), rounded up. Null without conversions, where an order earns no more than its commission, and where there is
    /// nothing to cover.
    /// </summary>
    /// <param name="earned">Net, or the part of it that the gross margin leaves; minor units.</param>
    /// <param name="cost">The whole cost, commission included; minor units.</param>
    /// <param name="commission">Minor units.</param>
    /// <param name="conversionMicros">Credited share of orders, in millionths.</param>
    public static long? BreakEvenOrders(decimal earned, long cost, long commission, long conversionMicros)
    {
        var (toCover, left) = (cost - commission, earned - commission);
        if (toCover <= 0 || left <= 0 || conversionMicros <= 0) return null;
        // Rounded to a millionth of an order first, so that a quotient that comes out even is not pushed over by its last digit.
        var orders = Math.Round(Math.Min(toCover / left, MaxBreakEvenMultiple) * (conversionMicros / Million), 6);
        return (long)Math.Min(Math.Ceiling(orders), long.MaxValue);
    }

    private static decimal? Money(Currency currency, decimal minor, decimal divisor)
    {
        // To major units before the one rounding: rounding minor units and dividing then would round twice.
        var unit = currency.Digits switch { 0 => 1m, 1 => 10m, 2 => 100m, 3 => 1_000m, _ => 10_000m };
        return Rounded(minor, divisor * unit, currency.Digits);
    }

    private static decimal? Rounded(decimal dividend, decimal divisor, int digits) =>
        divisor <= 0 ? null : Math.Round(dividend / divisor, digits, MidpointRounding.ToEven) + new decimal(0, 0, 0, false, (byte)digits);
}
