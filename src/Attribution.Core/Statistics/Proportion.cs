namespace Attribution.Core.Statistics;

/// <summary>How sure a proportion is.</summary>
public static class Proportion
{
    /// <summary>Below so many conversions, a share's worth each, a report says that there are too few to tell: 10.</summary>
    public const int Enough = 10;

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
        if (trials <= 0 || successMicros < 0 || successMicros > (Int128)trials * 1_000_000) return null;
        var (n, p) = ((double)trials, successMicros / 1e6 / trials);
        var centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
        var reach = Z / (1 + Z * Z / n) * Math.Sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
        return (Rounded(centre - reach), Rounded(centre + reach));
    }

    private static decimal Rounded(double value) => Math.Round((decimal)Math.Clamp(value, 0, 1), 4, MidpointRounding.ToEven) + 0.0000m;
}
