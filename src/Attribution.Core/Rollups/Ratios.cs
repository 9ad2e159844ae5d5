using Attribution.Core.Values;

namespace Attribution.Core.Rollups;

/// <summary>
/// Calculates the ratios of a report as decimals, rounded once at the end, half to even.
/// <see cref="RatioDefinition.All"/> defines each ratio and when it is undefined. A ratio whose divisor is not above 0
/// is null: undefined, neither zero nor infinite. (A cost is negative if credit notes exceed it; a return on it would
/// have the wrong sign.) The ratio of a group is calculated from its sums; ratios are never added.
/// </summary>
public static class Ratios
{
    private const decimal Million = 1_000_000;

    /// <summary>Maximum multiple of the existing orders; a higher break-even is reported as this multiple.</summary>
    private const decimal MaxBreakEvenMultiple = 1_000_000_000_000;

    /// <summary>
    /// Calculates (net − cost) ÷ cost × 100, one decimal: a cost of 10,000 and a net of 50,000 give 400.0. Both in
    /// minor units of one currency.
    /// </summary>
    public static decimal? RoiPercent(decimal net, decimal cost) => Rounded((net - cost) * 100, cost, 1);

    /// <summary>Calculates net ÷ cost, two decimals.</summary>
    public static decimal? Roas(Int128 net, Int128 cost) => Rounded((decimal)net, (decimal)cost, 2);

    /// <summary>Calculates cost ÷ conversions, as money.</summary>
    /// <param name="currency">Currency of the cost.</param>
    /// <param name="cost">Cost in minor units.</param>
    /// <param name="conversionMicros">Credited share of orders, in millionths.</param>
    public static decimal? Cpa(Currency currency, Int128 cost, long conversionMicros) =>
        Money(currency, (decimal)cost * Million, conversionMicros);

    /// <summary>Calculates cost ÷ clicks, as money.</summary>
    public static decimal? Cpc(Currency currency, Int128 cost, long clicks) => Money(currency, (decimal)cost, clicks);

    /// <summary>Calculates cost ÷ engagements (likes, comments, shares, saves), as money.</summary>
    public static decimal? Cpe(Currency currency, Int128 cost, Int128 engagements) =>
        Money(currency, (decimal)cost, (decimal)engagements);

    /// <summary>Calculates cost ÷ impressions × 1,000, as money.</summary>
    public static decimal? Cpm(Currency currency, Int128 cost, Int128 impressions) =>
        Money(currency, (decimal)cost * 1_000m, (decimal)impressions);

    /// <summary>Calculates engagements (likes, comments, shares, saves) ÷ reach, four decimals.</summary>
    public static decimal? EngagementRate(Int128 engagements, Int128 reach) =>
        Rounded((decimal)engagements, (decimal)reach, 4);

    /// <summary>Calculates (gross − discount) ÷ conversions, as money.</summary>
    /// <param name="currency">Currency of the amounts.</param>
    /// <param name="goods">Gross minus discount, in minor units.</param>
    /// <param name="conversionMicros">Credited share of orders, in millionths.</param>
    public static decimal? Aov(Currency currency, Int128 goods, long conversionMicros) =>
        Money(currency, (decimal)goods * Million, conversionMicros);

    /// <summary>Calculates conversions ÷ unique visitors, four decimals.</summary>
    /// <param name="conversionMicros">Credited share of orders, in millionths.</param>
    /// <param name="uniqueVisitors">Number of unique visitors.</param>
    public static decimal? ConversionRate(Int128 conversionMicros, Int128 uniqueVisitors) =>
        Rounded((decimal)conversionMicros, (decimal)uniqueVisitors * Million, 4);

    /// <summary>Calculates converted visitors ÷ unique visitors, four decimals.</summary>
    /// <param name="convertedVisitors">Number of converted visitors.</param>
    /// <param name="uniqueVisitors">Number of unique visitors.</param>
    public static decimal? VisitorConversionRate(long convertedVisitors, long uniqueVisitors) =>
        Rounded(convertedVisitors, uniqueVisitors, 4);

    /// <summary>Calculates net ÷ clicks, as money.</summary>
    public static decimal? Epc(Currency currency, Int128 net, long clicks) => Money(currency, (decimal)net, clicks);

    /// <summary>
    /// Calculates the number of whole orders whose earnings cover the cost that does not depend on orders: (cost −
    /// commission) ÷ ((earned − commission) ÷ conversions), rounded up. Null if there are no conversions, if an order
    /// earns no more than its commission, or if there is nothing to cover.
    /// </summary>
    /// <param name="earned">Net, or the gross margin's part of it, in minor units.</param>
    /// <param name="cost">Total cost including commission, in minor units.</param>
    /// <param name="commission">Commission in minor units.</param>
    /// <param name="conversionMicros">Credited share of orders, in millionths.</param>
    public static long? BreakEvenOrders(decimal earned, Int128 cost, Int128 commission, long conversionMicros)
    {
        var (toCover, left) = ((decimal)(cost - commission), earned - (decimal)commission);
        if (toCover <= 0 || left <= 0 || conversionMicros <= 0) return null;
        // Round to a millionth of an order first, so that an imprecise last digit does not push a whole quotient to the
        // next integer.
        var orders = Math.Round(Math.Min(toCover / left, MaxBreakEvenMultiple) * (conversionMicros / Million), 6);
        return (long)Math.Min(Math.Ceiling(orders), long.MaxValue);
    }

    private static decimal? Money(Currency currency, decimal minor, decimal divisor)
    {
        // Convert to major units before rounding: dividing rounded minor units would round twice.
        var unit = currency.Digits switch { 0 => 1m, 1 => 10m, 2 => 100m, 3 => 1_000m, _ => 10_000m };
        return Rounded(minor, divisor * unit, currency.Digits);
    }

    private static decimal? Rounded(decimal dividend, decimal divisor, int digits) =>
        divisor <= 0 ? null
        : Math.Round(dividend / divisor, digits, MidpointRounding.ToEven) + new decimal(0, 0, 0, false, (byte)digits);
}

/// <summary>Confidence intervals of proportions.</summary>
public static class Proportion
{
    /// <summary>
    /// The minimum number of conversions (counted by their shares) for a meaningful result: 10. Reports mark results
    /// with fewer.
    /// </summary>
    public const int MinConversions = 10;

    /// <summary>The 97.5 % quantile of the normal distribution.</summary>
    private const double Z = 1.959963984540054;

    /// <summary>
    /// Returns the 95 % confidence interval of a proportion: Wilson's score interval without continuity correction (E.
    /// B. Wilson, "Probable inference, the law of succession, and statistical inference", J. Am. Stat. Assoc. 22,
    /// 1927), with four decimals. Unlike the usual p ± z·s, it never exceeds 0 and 1, and is meaningful for few trials
    /// and for no successes.
    /// </summary>
    /// <param name="successMicros">Successes in millionths; a shared conversion counts by its share.</param>
    /// <param name="trials">Number of trials.</param>
    /// <returns>
    /// The interval; null if there are no trials, or more successes than trials: orders with a code do not require a
    /// visitor, so that the ratio is not a proportion.
    /// </returns>
    public static (decimal Low, decimal High)? Interval95(Int128 successMicros, Int128 trials)
    {
        if (!IsProportion(successMicros, trials)) return null;
        var (low, high) = Wilson(successMicros, trials);
        return (Rounded(Math.Clamp(low, 0, 1)), Rounded(Math.Clamp(high, 0, 1)));
    }

    /// <summary>
    /// Returns the difference of two independent proportions (the first minus the second) and its 95 % confidence
    /// interval: Newcombe's square-and-add of the two Wilson intervals without continuity correction (R. G. Newcombe,
    /// "Interval estimation for the difference between independent proportions", Statistics in Medicine 17, 1998,
    /// method 10), with four decimals. If the interval contains 0, the difference is not significant.
    /// </summary>
    /// <returns>
    /// The difference and its interval; null if one of the ratios is not a proportion: no trials, or more successes
    /// than trials.
    /// </returns>
    public static (decimal Difference, decimal Low, decimal High)? Difference95(
        Int128 successMicros, Int128 trials, Int128 otherSuccessMicros, Int128 otherTrials)
    {
        if (!IsProportion(successMicros, trials) || !IsProportion(otherSuccessMicros, otherTrials)) return null;
        var first = (double)successMicros / 1e6 / (double)trials;
        var second = (double)otherSuccessMicros / 1e6 / (double)otherTrials;
        var (firstLow, firstHigh) = Wilson(successMicros, trials);
        var (secondLow, secondHigh) = Wilson(otherSuccessMicros, otherTrials);
        var below = Math.Sqrt((first - firstLow) * (first - firstLow) + (secondHigh - second) * (secondHigh - second));
        var above = Math.Sqrt((firstHigh - first) * (firstHigh - first) + (second - secondLow) * (second - secondLow));
        return (Rounded(first - second), Rounded(first - second - below), Rounded(first - second + above));
    }

    private static bool IsProportion(Int128 successMicros, Int128 trials) =>
        trials > 0 && successMicros >= 0 && successMicros <= trials * 1_000_000;

    private static (double Low, double High) Wilson(Int128 successMicros, Int128 trials)
    {
        var (n, p) = ((double)trials, (double)successMicros / 1e6 / (double)trials);
        var center = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
        var reach = Z / (1 + Z * Z / n) * Math.Sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
        return (center - reach, center + reach);
    }

    private static decimal Rounded(double value) => Math.Round((decimal)value, 4, MidpointRounding.ToEven) + 0.0000m;
}
