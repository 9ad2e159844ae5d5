namespace Attribution.Core.Statistics;

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
    public static (decimal Low, decimal High)? Interval95(long successMicros, long trials)
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
        long successMicros, long trials, long otherSuccessMicros, long otherTrials)
    {
        if (!IsProportion(successMicros, trials) || !IsProportion(otherSuccessMicros, otherTrials)) return null;
        var first = successMicros / 1e6 / trials;
        var second = otherSuccessMicros / 1e6 / otherTrials;
        var (firstLow, firstHigh) = Wilson(successMicros, trials);
        var (secondLow, secondHigh) = Wilson(otherSuccessMicros, otherTrials);
        var below = Math.Sqrt((first - firstLow) * (first - firstLow) + (secondHigh - second) * (secondHigh - second));
        var above = Math.Sqrt((firstHigh - first) * (firstHigh - first) + (second - secondLow) * (second - secondLow));
        return (Rounded(first - second), Rounded(first - second - below), Rounded(first - second + above));
    }

    private static bool IsProportion(long successMicros, long trials) =>
        trials > 0 && successMicros >= 0 && successMicros <= (Int128)trials * 1_000_000;

    private static (double Low, double High) Wilson(long successMicros, long trials)
    {
        var (n, p) = ((double)trials, successMicros / 1e6 / trials);
        var center = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
        var reach = Z / (1 + Z * Z / n) * Math.Sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
        return (center - reach, center + reach);
    }

    private static decimal Rounded(double value) => Math.Round((decimal)value, 4, MidpointRounding.ToEven) + 0.0000m;
}
