using Attribution.Core.Rollups;

namespace Attribution.Core.Statistics;

/// <summary>What an order brought and what was paid for it, minor units.</summary>
/// <param name="Net">Its credited net.</param>
/// <param name="Commission">Its commission.</param>
public readonly record struct OrderSample(long Net, long Commission);

/// <summary>
/// How sure a return is that rests on so many orders, by resampling them (B. Efron, "Bootstrap methods: another look at the jackknife", Annals of
/// Statistics 7, 1979). In each resample every order counts as often as a Poisson number of mean 1 says (J. A. Hanley and B. MacGibbon, "Creating
/// non-parametric bootstrap samples using Poisson frequencies", Comput. Methods Programs Biomed. 83, 2006), so that not only what an order brings
/// but how many come is left to chance. Seeded: the same orders in the same order have the same interval, on every machine.
/// </summary>
public static class Bootstrap
{
    /// <summary>Resamples: with 1,999 the 50th from either end is the 2.5th percentile, (1,999 + 1) × 2.5 %.</summary>
    public const int ResampleCount = 1_999;

    /// <summary>
    /// Of more orders each resample is drawn as a whole: what so many Poisson counts sum to is normal but for a trifle (the central limit theorem),
    /// with the sums as means and the sums of squares and products as variances and covariance. So the work is bounded.
    /// </summary>
    public const int MaxResampledOrders = 2_000;

    private const int IntervalRank = 50;

    private const ulong Seed = 20_260_301;

    /// <summary>Chances that a Poisson number of mean 1 is at most 0, 1, 2, …; beyond the last they differ from 1 by less than 10⁻¹¹.</summary>
    private static readonly double[] PoissonCumulative = Cumulative(14);

    /// <summary>
    /// The percentile interval of ROI in percent that holds 95 of 100 resamples (B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap, 1993,
    /// chapter 13), one decimal. Null without orders, and where there is no cost but commission, which follows the orders.
    /// </summary>
    /// <param name="orders">The orders.</param>
    /// <param name="fixedCost">Cost that does not depend on them, minor units.</param>
    public static (decimal Low, decimal High)? RoiPercent95(IReadOnlyList<OrderSample> orders, long fixedCost)
    {
        if (fixedCost <= 0 || orders.Count == 0) return null;
        var resampled = new decimal[ResampleCount];
        var chance = Seed;
        var whole = orders.Count > MaxResampledOrders ? NormalApproximation.FromOrders(orders) : null;
        for (var i = 0; i < resampled.Length; i++)
        {
            var (net, commission) = whole?.Draw(ref chance) ?? ResampleOrders(orders, ref chance);
            if (Ratios.RoiPercent(net, fixedCost + commission) is not { } roi) return null;
            resampled[i] = roi;
        }

        Array.Sort(resampled);
        return (resampled[IntervalRank - 1], resampled[^IntervalRank]);
    }

    private static (long Net, long Commission) ResampleOrders(IReadOnlyList<OrderSample> orders, ref ulong chance)
    {
        var (net, commission) = (0L, 0L);
        for (var i = 0; i < orders.Count; i++)
        {
            var times = Poisson(ref chance);
            if (times == 0) continue;
            net += times * orders[i].Net;
            commission += times * orders[i].Commission;
        }

        return (net, commission);
    }

    /// <summary>Sums of so many orders that they are drawn as two normal numbers.</summary>
    private sealed record NormalApproximation(double Net, double Commission, double NetSpread, double CommissionSharedSpread, double CommissionOwnSpread)
    {
        public static NormalApproximation FromOrders(IReadOnlyList<OrderSample> orders)
        {
            var (netSquares, products, commissionSquares) = (
                orders.Sum(order => (double)order.Net * order.Net), orders.Sum(order => (double)order.Net * order.Commission), orders.Sum(order => (double)order.Commission * order.Commission));
            var spread = Math.Sqrt(netSquares);
            var shared = spread > 0 ? products / spread : 0;
            return new(
                orders.Sum(order => (double)order.Net), orders.Sum(order => (double)order.Commission), spread, shared, Math.Sqrt(Math.Max(0, commissionSquares - shared * shared)));
        }

        /// <summary>Two normal numbers of two uniform ones (G. E. P. Box and M. E. Muller, Annals of Mathematical Statistics 29, 1958).</summary>
        public (long Net, long Commission) Draw(ref ulong chance)
        {
            var (radius, angle) = (Math.Sqrt(-2 * Math.Log(1 - Uniform(ref chance))), 2 * Math.PI * Uniform(ref chance));
            var (one, other) = (radius * Math.Cos(angle), radius * Math.Sin(angle));
            return ((long)Math.Round(Net + NetSpread * one), (long)Math.Round(Commission + CommissionSharedSpread * one + CommissionOwnSpread * other));
        }
    }

    private static int Poisson(ref ulong chance)
    {
        var uniform = Uniform(ref chance);
        var number = 0;
        while (number < PoissonCumulative.Length && uniform >= PoissonCumulative[number]) number++;
        return number;
    }

    /// <summary>From 0, inside, to 1, outside.</summary>
    private static double Uniform(ref ulong chance) => (NextRandom(ref chance) >> 11) * (1.0 / (1UL << 53));

    /// <summary>SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).</summary>
    public static ulong NextRandom(ref ulong state)
    {
        unchecked
        {
            var z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    private static double[] Cumulative(int count)
    {
        var sums = new double[count];
        var (sum, term) = (0.0, Math.Exp(-1));
        for (var i = 0; i < count; i++)
        {
            sums[i] = sum += term;
            term /= i + 1;
        }

        return sums;
    }
}
