using System.Numerics;

namespace Attribution.TestKit.Twin;

/// <summary>Splits whole units by weight, and calculates the weights of the models.</summary>
internal static class TwinShares
{
    public static readonly string[] Models =
        ["first_touch", "last_touch", "linear", "time_decay", "position_based", "j_shaped", "inverse_j", "participation"];

    private const long HalfLife = 7L * 24 * 3_600_000;

    /// <summary>
    /// Splits by largest remainder: all shares rounded down, then one unit each to the largest fractions, the earlier
    /// first.
    /// </summary>
    public static List<BigInteger> Split(BigInteger amount, IReadOnlyList<BigInteger> weights)
    {
        if (weights.All(weight => weight == 0)) weights = [.. weights.Select(_ => BigInteger.One)];
        var total = weights.Aggregate(BigInteger.Add);
        var shares = weights.Select(weight => amount * weight / total).ToList();
        var left = (int)(amount - shares.Aggregate(BigInteger.Add));
        foreach (var index in Enumerable.Range(0, weights.Count).OrderByDescending(i => amount * weights[i] % total).ThenBy(i => i).Take(left))
            shares[index] += 1;
        return shares;
    }

    /// <summary>
    /// Returns the weights of touches at the given times, in order. Participation is not split; its weights are equal.
    /// </summary>
    public static List<BigInteger> Weights(string model, IReadOnlyList<long> times)
    {
        var n = times.Count;
        if (n == 1) return [1];
        List<BigInteger> Shaped(int first, int middle, int last) => n == 2
            ? [first, last]
            : [.. Enumerable.Range(0, n).Select(i => i == 0 ? (BigInteger)first * (n - 2) : i == n - 1 ? (BigInteger)last * (n - 2) : middle)];
        return model switch
        {
            "first_touch" => [.. Enumerable.Range(0, n).Select(i => (BigInteger)(i == 0 ? 1 : 0))],
            "last_touch" => [.. Enumerable.Range(0, n).Select(i => (BigInteger)(i == n - 1 ? 1 : 0))],
            "linear" or "participation" => [.. Enumerable.Repeat(BigInteger.One, n)],
            "time_decay" => [.. times.Select(time => Decayed(times[^1] - time))],
            "position_based" => Shaped(40, 20, 40),
            "j_shaped" => Shaped(20, 20, 60),
            "inverse_j" => Shaped(60, 20, 20),
            _ => throw new ArgumentException(model),
        };
    }

    /// <summary>
    /// Calculates 2^(−t/h) in units of 10^−12, rounded: halved for each whole half-life, and e^(−x ln 2) by its series
    /// for the rest.
    /// </summary>
    private static BigInteger Decayed(long milliseconds)
    {
        var value = 1m;
        for (; milliseconds >= HalfLife; milliseconds -= HalfLife) value /= 2;
        var x = -0.6931471805599453094172321215m * milliseconds / HalfLife;
        decimal sum = 0, term = 1;
        for (var i = 1; i < 40; i++)
        {
            sum += term;
            term = term * x / i;
        }

        return new(decimal.Round(value * sum * 1_000_000_000_000m));
    }
}
