using Attribution.Core.Rollups;

namespace Attribution.Core.Statistics;

/// <summary>
/// Confidence intervals of the return by resampling the orders (B. Efron, "Bootstrap methods: another look at the
/// jackknife", Annals of Statistics 7, 1979). In each resample, every order is weighted by a Poisson number of mean 1
/// (J. A. Hanley and B. MacGibbon, "Creating non-parametric bootstrap samples using Poisson frequencies", Comput.
/// Methods Programs Biomed. 83, 2006), so that both the value and the number of orders vary randomly. The random
/// numbers are seeded: the same orders in the same sequence have the same interval on every machine.
/// </summary>
public static class Bootstrap
{
    /// <summary>
    /// The number of resamples: with 1,999, the 50th value from either end is the 2.5th percentile, (1,999 + 1) × 2.5
    /// %.
    /// </summary>
    public const int ResampleCount = 1_999;

    /// <summary>
    /// The maximum number of orders that are resampled one by one. With more orders, the totals of each resample are
    /// drawn from a normal distribution, which is a close approximation of the sum of that many Poisson counts (central
    /// limit theorem): the means are the sums, the variances and the covariance are the sums of squares and products.
    /// This limits the work.
    /// </summary>
    public const int MaxResampledOrders = 2_000;

    private const int IntervalRank = 50;

    private const ulong Seed = 20_260_301;

    /// <summary>
    /// The probabilities that a Poisson number of mean 1 is at most 0, 1, 2, … The last one differs from 1 by less than
    /// 10⁻¹¹.
    /// </summary>
    private static readonly double[] PoissonCumulative = Cumulative(14);

    /// <summary>
    /// Returns the percentile interval of the ROI in percent that contains 95 % of the resamples (B. Efron and R. J.
    /// Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13), with one decimal. Null if there are no orders,
    /// or if commission, which depends on the orders, is the only cost.
    /// </summary>
    /// <param name="orders">The orders.</param>
    /// <param name="fixedCost">Cost that does not depend on the orders, in minor units.</param>
    public static (decimal Low, decimal High)? RoiPercent95(IReadOnlyList<OrderSample> orders, decimal fixedCost)
    {
        if (fixedCost <= 0 || orders.Count == 0) return null;
        var resampled = new decimal[ResampleCount];
        var random = Seed;
        var totals = orders.Count > MaxResampledOrders ? NormalApproximation.FromOrders(orders) : null;
        for (var i = 0; i < resampled.Length; i++)
        {
            var (net, commission) = totals?.Draw(ref random) ?? ResampleOrders(orders, ref random);
            if (Ratios.RoiPercent((decimal)net, fixedCost + (decimal)commission) is not { } roi) return null;
            resampled[i] = roi;
        }

        Array.Sort(resampled);
        return (resampled[IntervalRank - 1], resampled[^IntervalRank]);
    }

    private static (Int128 Net, Int128 Commission) ResampleOrders(IReadOnlyList<OrderSample> orders, ref ulong random)
    {
        var (net, commission) = (Int128.Zero, Int128.Zero);
        for (var i = 0; i < orders.Count; i++)
        {
            var times = Poisson(ref random);
            if (times == 0) continue;
            net += (Int128)orders[i].Net * times;
            commission += (Int128)orders[i].Commission * times;
        }

        return (net, commission);
    }

    /// <summary>The totals of many orders, drawn as two correlated normal numbers.</summary>
    private sealed record NormalApproximation(
        double Net, double Commission, double NetSpread, double CommissionSharedSpread, double CommissionOwnSpread)
    {
        public static NormalApproximation FromOrders(IReadOnlyList<OrderSample> orders)
        {
            var netSquares = orders.Sum(order => (double)order.Net * order.Net);
            var products = orders.Sum(order => (double)order.Net * order.Commission);
            var commissionSquares = orders.Sum(order => (double)order.Commission * order.Commission);
            var spread = Math.Sqrt(netSquares);
            var shared = spread > 0 ? products / spread : 0;
            return new(
                orders.Sum(order => (double)order.Net), orders.Sum(order => (double)order.Commission), spread, shared,
                Math.Sqrt(Math.Max(0, commissionSquares - shared * shared)));
        }

        /// <summary>
        /// Draws two normal numbers from two uniform ones (G. E. P. Box and M. E. Muller, Annals of Mathematical
        /// Statistics 29, 1958).
        /// </summary>
        public (Int128 Net, Int128 Commission) Draw(ref ulong random)
        {
            var radius = Math.Sqrt(-2 * Math.Log(1 - Uniform(ref random)));
            var angle = 2 * Math.PI * Uniform(ref random);
            var (shared, own) = (radius * Math.Cos(angle), radius * Math.Sin(angle));
            return (
                (Int128)Math.Round(Net + NetSpread * shared),
                (Int128)Math.Round(Commission + CommissionSharedSpread * shared + CommissionOwnSpread * own));
        }
    }

    private static int Poisson(ref ulong random)
    {
        var uniform = Uniform(ref random);
        var number = 0;
        while (number < PoissonCumulative.Length && uniform >= PoissonCumulative[number]) number++;
        return number;
    }

    /// <summary>Returns a number from 0 (inclusive) to 1 (exclusive).</summary>
    private static double Uniform(ref ulong random) => (NextRandom(ref random) >> 11) * (1.0 / (1UL << 53));

    /// <summary>
    /// Returns the next number of SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, "Fast splittable pseudorandom
    /// number generators", OOPSLA 2014).
    /// </summary>
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
