namespace Attribution.Core.Values;

/// <summary>
/// Splits a whole number of units by weights so that the shares sum to it exactly: each share is rounded down (towards minus
/// infinity), and the units left over go to the largest remainders, the earlier first where those are equal (Hamilton's method).
/// </summary>
public static class LargestRemainder
{
    /// <summary>Splits <paramref name="amount"/> into <paramref name="shares"/>.</summary>
    /// <param name="amount">Units to split; may be negative.</param>
    /// <param name="weights">Not negative. All zero counts as all equal.</param>
    /// <param name="shares">Receives one share a weight.</param>
    /// <exception cref="ArgumentException">The lengths differ, there are no weights, or one is negative.</exception>
    public static void Split(long amount, ReadOnlySpan<Int128> weights, Span<long> shares)
    {
        if (weights.Length == 0 || weights.Length != shares.Length)
            throw new ArgumentException("There must be one share for each of at least one weight.", nameof(shares));

        var total = Int128.Zero;
        foreach (var weight in weights)
            total += weight >= 0 ? weight : throw new ArgumentException("A weight is negative.", nameof(weights));

        if (weights.Length == 1)
        {
            shares[0] = amount;
            return;
        }

        var even = total == 0;
        if (even) total = weights.Length;

        Span<Int128> remainders = weights.Length <= 64 ? stackalloc Int128[weights.Length] : new Int128[weights.Length];
        var left = amount;
        for (var i = 0; i < weights.Length; i++)
        {
            var (quotient, remainder) = Int128.DivRem(amount * (even ? 1 : weights[i]), total);
            if (remainder < 0)
            {
                quotient--;
                remainder += total;
            }

            shares[i] = (long)quotient;
            remainders[i] = remainder;
            left -= shares[i];
        }

        if (left > 0) GiveToLargest(left, remainders, shares);
    }

    /// <summary>Splits as the other overload does, into a new array.</summary>
    public static long[] Split(long amount, ReadOnlySpan<Int128> weights)
    {
        var shares = new long[weights.Length];
        Split(amount, weights, shares);
        return shares;
    }

    private static void GiveToLargest(long left, Span<Int128> remainders, Span<long> shares)
    {
        Span<int> order = remainders.Length <= 64 ? stackalloc int[remainders.Length] : new int[remainders.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        var keys = remainders.ToArray();
        order.Sort((a, b) => keys[b].CompareTo(keys[a]) is var byRemainder && byRemainder != 0 ? byRemainder : a.CompareTo(b));
        for (var i = 0; i < left; i++) shares[order[i]]++;
    }
}
