namespace Attribution.Core.Statistics;

/// <summary>How sure a proportion is.</summary>
public static class Proportion
{
    /// <summary>Below so many conversions, a share's worth each, a report says that there are too few to tell: 10.</summary>
    public const int MinConversions = 10;

    /// <summary>The 97.5 % quantile of the normal distribution.</summary>
    private const double Z = 1.959963984540054;

    /// <summary>
    /// The interval that holds the true proportion in 95 of 100 cases: Wilson's score interval, without a correction for continuity
    /// (E. B. Wilson, "Probable inference, the law of succession, and statistical inference", J. Am. Stat. Assoc. 22, 1927), four decimals.
    /// Unlike the usual p ± z·s it stays within 0 and 1 and says something of few trials, and of none that succeeded.
    /// </summary>
    /// <param name="successMicros">Successes in millionths: a conversion that is shared counts by its share.</param>
    /// <param name="trials">Trials.</param>
    /// <returns>Null where there were none, or more successes than trials: orders by a code need no visitor, and then it is no proportion.</returns>
    public static (decimal Low, decimal High)? Interval95(long successMicros, long trials)
    {
        if (!IsProportion(successMicros, trials)) return null;
        var (low, high) = Wilson(successMicros, trials);
        return (Rounded(Math.Clamp(low, 0, 1)), Rounded(Math.Clamp(high, 0, 1)));
    }

    /// <summary>
    /// The difference of two independent proportions, the first less the second, and the interval that holds the true difference in 95 of 100
    /// cases: Newcombe's square-and-add of the two Wilson intervals, without a correction for continuity (R. G. Newcombe, "Interval estimation for
    /// the difference between independent proportions", Statistics in Medicine 17, 1998, method 10), four decimals. An interval that holds 0 does
    /// not tell the two apart.
    /// </summary>
    /// <returns>Null where one of them is no proportion: no trials, or more successes than trials.</returns>
    public static (decimal Difference, decimal Low, decimal High)? Difference95(long successMicros, long trials, long otherSuccessMicros, long otherTrials)
    {
        if (!IsProportion(successMicros, trials) || !IsProportion(otherSuccessMicros, otherTrials)) return null;
        var (one, other) = (successMicros / 1e6 / trials, otherSuccessMicros / 1e6 / otherTrials);
        var ((low, high), (otherLow, otherHigh)) = (Wilson(successMicros, trials), Wilson(otherSuccessMicros, otherTrials));
        return (
            Rounded(one - other), Rounded(one - other - Math.Sqrt((one - low) * (one - low) + (otherHigh - other) * (otherHigh - other))),
            Rounded(one - other + Math.Sqrt((high - one) * (high - one) + (other - otherLow) * (other - otherLow))));
    }

    private static bool IsProportion(long successMicros, long trials) => trials > 0 && successMicros >= 0 && successMicros <= (Int128)trials * 1_000_000;

    private static (double Low, double High) Wilson(long successMicros, long trials)
    {
        var (n, p) = ((double)trials, successMicros / 1e6 / trials);
        var centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
        var reach = Z / (1 + Z * Z / n) * Math.Sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
        return (centre - reach, centre + reach);
    }

    private static decimal Rounded(double value) => Math.Round((decimal)value, 4, MidpointRounding.ToEven) + 0.0000m;
}
