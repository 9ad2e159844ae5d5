using System.Numerics;

namespace Attribution.Core.Values;

/// <summary>
/// Splits a whole number of units by weights so that the shares sum to it exactly: each share is rounded down (towards minus
/// infinity), and the units left over go to the largest remainders, the earlier first where those are equal (Hamilton's method).
/// </summary>
public static class LargestRemainder
{
    private const int OnStack = 512;

    /// <summary>Splits <paramref name="amount"/> into <paramref name="shares"/>.</summary>
    /// <param name="amount">Units to split; may be negative.</param>
    /// <param name="weights">Not negative. All zero counts as all equal.</param>
    /// <param name="shares">Receives one share a weight.</param>
    /// <exception cref="ArgumentException">The lengths differ, there are no weights, or one is negative.</exception>
    public static void Split(long amount, ReadOnlySpan<Int128> weights, Span<long> shares)
    {
        // Nearly every order is small enough for 64 bits, where a division costs a tenth.
        Span<long> narrow = weights.Length <= OnStack ? stackalloc long[weights.Length] : new long[weights.Length];
        var fits = true;
        for (var i = 0; i < weights.Length && fits; i++)
        {
            fits = weights[i] >= long.MinValue && weights[i] <= long.MaxValue;
            if (fits) narrow[i] = (long)weights[i];
        }

        if (fits) Split(amount, narrow, shares);
        else Split(amount, weights, Check(weights, shares).Total, shares);
    }

    /// <summary>Splits by weights of 64 bits.</summary>
    /// <exception cref="ArgumentException">As above.</exception>
    public static void Split(long amount, ReadOnlySpan<long> weights, Span<long> shares)
    {
        var (total, greatest) = Check(weights, shares);
        if (weights.Length == 1) shares[0] = amount;
        else if (amount == 0) shares.Clear();
        else if (total == 0) Split<long>(amount, Ones<long>(weights.Length), weights.Length, shares);
        else if (total <= long.MaxValue && Int128.Abs(amount) * greatest <= long.MaxValue) Split(amount, weights, (long)total, shares);
        else
        {
            var wide = new Int128[weights.Length];
            for (var i = 0; i < wide.Length; i++) wide[i] = weights[i];
            Split<Int128>(amount, wide, total, shares);
        }
    }

    /// <summary>Splits as the others do, into a new array.</summary>
    public static long[] Split(long amount, ReadOnlySpan<Int128> weights)
    {
        var shares = new long[weights.Length];
        Split(amount, weights, shares);
        return shares;
    }

    private static (Int128 Total, T Greatest) Check<T>(ReadOnlySpan<T> weights, Span<long> shares) where T : unmanaged, IBinaryInteger<T>
    {
        if (weights.Length == 0 || weights.Length != shares.Length)
            throw new ArgumentException("There must be one share for each of at least one weight.", nameof(shares));
        var (total, greatest) = (Int128.Zero, T.Zero);
        foreach (var weight in weights)
        {
            if (T.IsNegative(weight)) throw new ArgumentException("A weight is negative.", nameof(weights));
            total += Int128.CreateChecked(weight);
            if (weight > greatest) greatest = weight;
        }

        return (total, greatest);
    }

    private static void Split<T>(T amount, ReadOnlySpan<T> weights, T total, Span<long> shares) where T : unmanaged, IBinaryInteger<T>
    {
        Span<T> remainders = weights.Length <= OnStack ? stackalloc T[weights.Length] : new T[weights.Length];
        var left = long.CreateChecked(amount);
        for (var i = 0; i < weights.Length; i++)
        {
            if (i > 0 && weights[i] == weights[i - 1])
            {
                (shares[i], remainders[i]) = (shares[i - 1], remainders[i - 1]);
            }
            else
            {
                var (quotient, remainder) = T.DivRem(amount * weights[i], total);
                if (T.IsNegative(remainder))
                {
                    quotient--;
                    remainder += total;
                }

                (shares[i], remainders[i]) = (long.CreateChecked(quotient), remainder);
            }

            left -= shares[i];
        }

        if (left > 0) GiveToLargest<T>((int)left, remainders, shares);
    }

    /// <summary>Fewer units are left over than there are shares: the largest remainders get one each.</summary>
    private static void GiveToLargest<T>(int left, ReadOnlySpan<T> remainders, Span<long> shares) where T : unmanaged, IBinaryInteger<T>
    {
        Span<T> shuffled = remainders.Length <= OnStack ? stackalloc T[remainders.Length] : new T[remainders.Length];
        remainders.CopyTo(shuffled);
        var least = Largest(left, shuffled);
        for (var i = 0; i < shares.Length; i++)
            if (remainders[i] > least)
            {
                shares[i]++;
                left--;
            }

        for (var i = 0; left > 0; i++)
            if (remainders[i] == least)
            {
                shares[i]++;
                left--;
            }
    }

    /// <summary>The <paramref name="place"/>th largest value, counted from 1 (Hoare's selection). Shuffles the values.</summary>
    private static T Largest<T>(int place, Span<T> values) where T : unmanaged, IBinaryInteger<T>
    {
        var (from, to, wanted) = (0, values.Length - 1, place - 1);
        while (from < to)
        {
            var (pivot, i, j) = (values[(from + to) / 2], from, to);
            while (i <= j)
            {
                while (values[i] > pivot) i++;
                while (values[j] < pivot) j--;
                if (i > j) break;
                (values[i], values[j]) = (values[j], values[i]);
                i++;
                j--;
            }

            if (wanted <= j) to = j;
            else if (wanted >= i) from = i;
            else break;
        }

        return values[wanted];
    }

    private static T[] Ones<T>(int count) where T : INumberBase<T>
    {
        var ones = new T[count];
        Array.Fill(ones, T.One);
        return ones;
    }
}
