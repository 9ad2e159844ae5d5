using System.Numerics;
using System.Runtime.CompilerServices;

namespace Attribution.Core.Values;

/// <summary>
/// Splits of a whole number of units by weights such that the shares add up to it exactly (Hamilton's method). Each
/// share is rounded down (toward minus infinity), and the remaining units go to the largest remainders; among equal
/// remainders, to the earlier pieces. Every share lies within one unit of the exact one.
/// </summary>
public static class LargestRemainder
{
    private const int StackLimit = 512;
    private const int MaxDigitBits = 6;

    /// <summary>Splits <paramref name="amount"/> into <paramref name="shares"/>.</summary>
    /// <param name="amount">The units to split; may be negative.</param>
    /// <param name="weights">The weight of each piece; not negative. If all are zero, all pieces count equally.</param>
    /// <param name="shares">Receives the share of each piece.</param>
    /// <exception cref="ArgumentException">
    /// The lengths differ, there are no weights, or a weight is negative.
    /// </exception>
    public static void Split(long amount, ReadOnlySpan<Int128> weights, Span<long> shares)
    {
        Span<long> narrow = weights.Length <= StackLimit ? stackalloc long[weights.Length] : new long[weights.Length];
        if (TryToInt64(weights, narrow))
        {
            Split(amount, narrow, shares);
            return;
        }

        CheckLengths(weights.Length, shares);
        var total = Int128.Zero;
        foreach (var weight in weights)
        {
            CheckSign(Int128.IsNegative(weight));
            total += weight;
        }

        if (amount == 0 || total <= Int128.MaxValue / Int128.Abs(amount)) Split(amount, weights, total, shares);
        else SplitBeyondInt128(amount, weights, total, shares);
    }

    /// <summary>Splits an amount by weights of 64 bits.</summary>
    /// <exception cref="ArgumentException">
    /// The lengths differ, there are no weights, or a weight is negative.
    /// </exception>
    public static void Split(long amount, ReadOnlySpan<long> weights, Span<long> shares)
    {
        CheckLengths(weights.Length, shares);
        // The union of all bits is at least the greatest weight and less than twice the greatest weight.
        var (bits, sum) = (0L, 0L);
        foreach (var weight in weights)
        {
            bits |= weight;
            sum = unchecked(sum + weight);
        }

        CheckSign(bits < 0);
        if (bits == 0 || amount == 0)
        {
            if (amount != 0) Split(amount, Ones(weights.Length), shares);
            else shares.Clear();
            return;
        }

        // Almost all orders fit into 64 bits, where a division takes a tenth of the time. The sum has then not
        // overflowed either.
        if (bits <= long.MaxValue / weights.Length && Int128.Abs(amount) * bits <= long.MaxValue)
        {
            Split(amount, weights, sum, shares);
            return;
        }

        var (wide, total) = (new Int128[weights.Length], Int128.Zero);
        for (var i = 0; i < wide.Length; i++) total += wide[i] = weights[i];
        Split(amount, wide, total, shares);
    }

    /// <summary>Splits an amount by weights into a new array.</summary>
    public static long[] Split(long amount, ReadOnlySpan<Int128> weights)
    {
        var shares = new long[weights.Length];
        Split(amount, weights, shares);
        return shares;
    }

    /// <inheritdoc cref="Split(long, ReadOnlySpan{Int128})"/>
    [OverloadResolutionPriority(1)] // Weights that are literals fit both.
    public static long[] Split(long amount, ReadOnlySpan<long> weights)
    {
        var shares = new long[weights.Length];
        Split(amount, weights, shares);
        return shares;
    }

    /// <summary>Converts weights to 64 bits; returns false if one does not fit.</summary>
    private static bool TryToInt64(ReadOnlySpan<Int128> weights, Span<long> narrow)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            narrow[i] = unchecked((long)weights[i]);
            if (narrow[i] != weights[i]) return false;
        }

        return true;
    }

    private static void CheckLengths(int weights, Span<long> shares)
    {
        if (weights == 0 || weights != shares.Length)
            throw new ArgumentException("At least one weight is required, and one share per weight.", nameof(shares));
    }

    private static void CheckSign(bool isNegative)
    {
        if (isNegative) throw new ArgumentException("A weight must not be negative.");
    }

    private static void Split<T>(T amount, ReadOnlySpan<T> weights, T total, Span<long> shares)
        where T : unmanaged, IBinaryInteger<T>
    {
        Span<T> remainders = weights.Length <= StackLimit ? stackalloc T[weights.Length] : new T[weights.Length];
        var remaining = long.CreateChecked(amount);
        for (var i = 0; i < weights.Length; i++)
        {
            var (quotient, remainder) = T.DivRem(amount * weights[i], total);
            if (T.IsNegative(remainder))
            {
                quotient--;
                remainder += total;
            }

            shares[i] = long.CreateChecked(quotient);
            remainders[i] = remainder;
            remaining -= shares[i];
        }

        if (remaining > 0) AssignRemaining((int)remaining, remainders, total, shares);
    }

    /// <summary>
    /// Splits where the products exceed 128 bits: the largest amounts by the sums of thousands of touches.
    /// </summary>
    private static void SplitBeyondInt128(long amount, ReadOnlySpan<Int128> weights, Int128 total, Span<long> shares)
    {
        var remainders = new Int128[weights.Length];
        var remaining = amount;
        for (var i = 0; i < weights.Length; i++)
        {
            var (quotient, remainder) = BigInteger.DivRem((BigInteger)amount * weights[i], total);
            if (remainder.Sign < 0)
            {
                quotient--;
                remainder += total;
            }

            shares[i] = (long)quotient;
            remainders[i] = (Int128)remainder;
            remaining -= shares[i];
        }

        if (remaining > 0) AssignRemaining((int)remaining, remainders, total, shares);
    }

    /// <summary>
    /// Assigns the remaining units, which are fewer than the pieces, to the pieces with the largest remainders, one
    /// each.
    /// </summary>
    private static void AssignRemaining<T>(int remaining, ReadOnlySpan<T> remainders, T total, Span<long> shares)
        where T : unmanaged, IBinaryInteger<T>
    {
        var (cutoff, ties) = FindCutoff(remaining, remainders, total);
        for (var i = 0; i < shares.Length; i++)
        {
            if (remainders[i] < cutoff || (remainders[i] == cutoff && ties-- <= 0)) continue;
            shares[i]++;
        }
    }

    /// <summary>
    /// Returns the remainder of the piece with rank <paramref name="place"/> (1 is the largest remainder), and the rank
    /// of the piece among those with the same remainder. This is a radix selection: the pieces are counted by their
    /// leading digit above the minimum, then those with the digit of the searched rank by their next digit. It has no
    /// data-dependent branches that the processor could mispredict.
    /// </summary>
    private static (T Remainder, int Place) FindCutoff<T>(int place, ReadOnlySpan<T> remainders, T total)
        where T : unmanaged, IBinaryInteger<T>
    {
        Span<T> values = remainders.Length <= StackLimit ? stackalloc T[remainders.Length] : new T[remainders.Length];
        remainders.CopyTo(values);
        Span<int> counts = stackalloc int[1 << MaxDigitBits];
        for (var (lowest, highest) = (T.Zero, total - T.One); ;)
        {
            var digitBits = Math.Min(BitOperations.Log2((uint)values.Length) + 1, MaxDigitBits);
            var shift = Math.Max(0, int.CreateTruncating(T.Log2(highest - lowest)) + 1 - digitBits);
            var digit = int.CreateTruncating((highest - lowest) >> shift);
            counts[..(digit + 1)].Clear();
            foreach (var value in values) counts[int.CreateTruncating((value - lowest) >> shift)]++;
            for (; place > counts[digit]; digit--) place -= counts[digit];

            var (count, low, high) = (0, highest, lowest);
            foreach (var value in values)
            {
                if (int.CreateTruncating((value - lowest) >> shift) != digit) continue;
                (low, high) = (T.Min(low, value), T.Max(high, value));
                values[count++] = value;
            }

            if (low == high) return (low, place);
            (lowest, highest) = (low, high);
            values = values[..count];
        }
    }

    private static long[] Ones(int count)
    {
        var ones = new long[count];
        Array.Fill(ones, 1);
        return ones;
    }
}
