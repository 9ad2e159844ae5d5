using System.Numerics;

namespace Attribution.Core.Values;

/// <summary>
/// Splits of a whole number of units by weights such that the shares add up to it exactly (Hamilton's method). Each
/// share is rounded down (toward minus infinity), and the remaining units go to the largest remainders; among equal
/// remainders, to the earlier pieces. Adjacent pieces with equal weights are split as one run, with a single division.
/// </summary>
public static class LargestRemainder
{
    private const int StackLimit = 512;
    private const int MaxDigitBits = 6;

    /// <summary>Splits <paramref name="amount"/> into <paramref name="shares"/>.</summary>
    /// <param name="amount">The units to split; may be negative.</param>
    /// <param name="weights">
    /// The weight of each piece of a run; not negative. If all are zero, all pieces count equally.
    /// </param>
    /// <param name="shares">Receives the share of each piece of a run.</param>
    /// <param name="lengths">The number of pieces of each run, at least 1; empty: every run has one piece.</param>
    /// <returns>The uneven run. There is at most one, and it has more than one piece.</returns>
    /// <exception cref="ArgumentException">
    /// The lengths differ, there are no weights, or a weight is negative.
    /// </exception>
    public static UnevenRun Split(
        long amount, ReadOnlySpan<Int128> weights, Span<long> shares, ReadOnlySpan<int> lengths = default)
    {
        Span<long> narrow = weights.Length <= StackLimit ? stackalloc long[weights.Length] : new long[weights.Length];
        if (TryToInt64(weights, narrow)) return Split(amount, narrow, shares, lengths);
        CheckLengths(weights.Length, shares, lengths);
        foreach (var weight in weights) CheckSign(Int128.IsNegative(weight));
        return Split(amount, weights, SumOf(weights, lengths), shares, lengths);
    }

    /// <summary>Splits an amount by weights of 64 bits.</summary>
    /// <exception cref="ArgumentException">
    /// The lengths differ, there are no weights, or a weight is negative.
    /// </exception>
    public static UnevenRun Split(
        long amount, ReadOnlySpan<long> weights, Span<long> shares, ReadOnlySpan<int> lengths = default)
    {
        CheckLengths(weights.Length, shares, lengths);
        // The union of all bits is at least the greatest weight and less than twice the greatest weight.
        var (bits, sum, pieces) = (0L, 0L, 0);
        for (var i = 0; i < weights.Length; i++)
        {
            bits |= weights[i];
            pieces += LengthOf(i, lengths);
            sum = unchecked(sum + (weights[i] * LengthOf(i, lengths)));
        }

        CheckSign(bits < 0);
        if (bits == 0 || amount == 0)
        {
            if (amount != 0) return Split(amount, Ones(weights.Length), shares, lengths);
            shares.Clear();
            return default;
        }

        // Almost all orders fit into 64 bits, where a division takes a tenth of the time. The sum has then not
        // overflowed either.
        if (bits <= long.MaxValue / pieces && Int128.Abs(amount) * bits <= long.MaxValue)
            return Split(amount, weights, sum, shares, lengths);
        var wide = new Int128[weights.Length];
        for (var i = 0; i < wide.Length; i++) wide[i] = weights[i];
        return Split(amount, wide, SumOf(wide, lengths), shares, lengths);
    }

    /// <summary>Splits an amount by the weights of single pieces into a new array.</summary>
    public static long[] Split(long amount, ReadOnlySpan<Int128> weights)
    {
        var shares = new long[weights.Length];
        Split(amount, weights, shares);
        return shares;
    }

    /// <summary>Converts weights to 64 bits; returns false if one does not fit.</summary>
    public static bool TryToInt64(ReadOnlySpan<Int128> weights, Span<long> narrow)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            narrow[i] = unchecked((long)weights[i]);
            if (narrow[i] != weights[i]) return false;
        }

        return true;
    }

    private static void CheckLengths(int weights, Span<long> shares, ReadOnlySpan<int> lengths)
    {
        if (weights == 0 || weights != shares.Length || (!lengths.IsEmpty && lengths.Length != weights))
            throw new ArgumentException("At least one weight is required, and one share per weight.", nameof(shares));
    }

    private static void CheckSign(bool isNegative)
    {
        if (isNegative) throw new ArgumentException("A weight must not be negative.");
    }

    private static int LengthOf(int run, ReadOnlySpan<int> lengths) => lengths.IsEmpty ? 1 : lengths[run];

    private static Int128 SumOf(ReadOnlySpan<Int128> weights, ReadOnlySpan<int> lengths)
    {
        var sum = Int128.Zero;
        for (var i = 0; i < weights.Length; i++) sum += weights[i] * LengthOf(i, lengths);
        return sum;
    }

    private static UnevenRun Split<T>(
        T amount, ReadOnlySpan<T> weights, T total, Span<long> shares, ReadOnlySpan<int> lengths)
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
            remaining -= shares[i] * LengthOf(i, lengths);
        }

        return remaining > 0 ? AssignRemaining((int)remaining, remainders, total, shares, lengths) : default;
    }

    /// <summary>
    /// Assigns the remaining units, which are fewer than the pieces, to the pieces with the largest remainders, one
    /// each.
    /// </summary>
    private static UnevenRun AssignRemaining<T>(
        int remaining, ReadOnlySpan<T> remainders, T total, Span<long> shares, ReadOnlySpan<int> lengths)
        where T : unmanaged, IBinaryInteger<T>
    {
        var ((cutoff, ties), uneven) = (FindCutoff(remaining, remainders, total, lengths), default(UnevenRun));
        for (var i = 0; i < shares.Length; i++)
        {
            shares[i] += remainders[i] > cutoff ? 1 : 0;
            if (remainders[i] != cutoff || ties == 0) continue;
            var pieces = LengthOf(i, lengths);
            if (pieces > ties) uneven = new(i, ties);
            else shares[i]++;
            ties -= Math.Min(pieces, ties);
        }

        return uneven;
    }

    /// <summary>
    /// Returns the remainder of the piece with rank <paramref name="place"/> (1 is the largest remainder), and the rank
    /// of the piece among those with the same remainder. This is a radix selection: the pieces are counted by their
    /// leading digit above the minimum, then those with the digit of the searched rank by their next digit. It has no
    /// data-dependent branches that the processor could mispredict.
    /// </summary>
    private static (
        T Remainder, int Place) FindCutoff<T>(int place, ReadOnlySpan<T> remainders, T total, ReadOnlySpan<int> lengths)
        where T : unmanaged, IBinaryInteger<T>
    {
        Span<T> values = remainders.Length <= StackLimit ? stackalloc T[remainders.Length] : new T[remainders.Length];
        Span<int> pieces = remainders.Length <= StackLimit ? stackalloc int[lengths.Length] : new int[lengths.Length];
        remainders.CopyTo(values);
        lengths.CopyTo(pieces);
        Span<int> counts = stackalloc int[1 << MaxDigitBits];
        for (var (lowest, highest) = (T.Zero, total - T.One); ;)
        {
            var digitBits = Math.Min(BitOperations.Log2((uint)values.Length) + 1, MaxDigitBits);
            var shift = Math.Max(0, int.CreateTruncating(T.Log2(highest - lowest)) + 1 - digitBits);
            var digit = int.CreateTruncating((highest - lowest) >> shift);
            counts[..(digit + 1)].Clear();
            for (var i = 0; i < values.Length; i++)
                counts[int.CreateTruncating((values[i] - lowest) >> shift)] += LengthOf(i, pieces);
            for (; place > counts[digit]; digit--) place -= counts[digit];

            var (count, low, high) = (0, highest, lowest);
            for (var i = 0; i < values.Length; i++)
            {
                if (int.CreateTruncating((values[i] - lowest) >> shift) != digit) continue;
                (low, high) = (T.Min(low, values[i]), T.Max(high, values[i]));
                if (!pieces.IsEmpty) pieces[count] = pieces[i];
                values[count++] = values[i];
            }

            if (low == high) return (low, place);
            (lowest, highest) = (low, high);
            values = values[..count];
            if (!pieces.IsEmpty) pieces = pieces[..count];
        }
    }

    private static long[] Ones(int count)
    {
        var ones = new long[count];
        Array.Fill(ones, 1);
        return ones;
    }
}
