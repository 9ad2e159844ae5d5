using System.Numerics;

namespace Attribution.Core.Values;

/// <summary>A run whose pieces do not all get the same: its first get one unit more.</summary>
/// <param name="Run">Which.</param>
/// <param name="ExtraCount">How many get more; 0: no run is cut.</param>
public readonly record struct UnevenRun(int Run, int ExtraCount);

/// <summary>
/// Splits a whole number of units by weights so that the shares sum to it exactly: each share is rounded down (towards minus
/// infinity), and the units left over go to the largest remainders, the earlier first where those are equal (Hamilton's method).
/// Pieces that weigh the same and stand together are split as one run, in one division.
/// </summary>
public static class LargestRemainder
{
    private const int StackLimit = 512;
    private const int MaxDigitBits = 6;

    /// <summary>Splits <paramref name="amount"/> into <paramref name="shares"/>.</summary>
    /// <param name="amount">Units to split; may be negative.</param>
    /// <param name="weights">What each piece of a run weighs. Not negative. All zero counts as all equal.</param>
    /// <param name="shares">Receives the share of each piece of a run.</param>
    /// <param name="lengths">Pieces of each run, at least 1; empty: one each.</param>
    /// <returns>The run that had to be cut; there is at most one, and none of one piece.</returns>
    /// <exception cref="ArgumentException">The lengths differ, there are no weights, or one is negative.</exception>
    public static UnevenRun Split(long amount, ReadOnlySpan<Int128> weights, Span<long> shares, ReadOnlySpan<int> lengths = default)
    {
        Span<long> narrow = weights.Length <= StackLimit ? stackalloc long[weights.Length] : new long[weights.Length];
        if (TryToInt64(weights, narrow)) return Split(amount, narrow, shares, lengths);
        CheckLengths(weights.Length, shares, lengths);
        foreach (var weight in weights) CheckSign(Int128.IsNegative(weight));
        return Split(amount, weights, SumOf(weights, lengths), shares, lengths);
    }

    /// <summary>Splits by weights of 64 bits.</summary>
    /// <exception cref="ArgumentException">As above.</exception>
    public static UnevenRun Split(long amount, ReadOnlySpan<long> weights, Span<long> shares, ReadOnlySpan<int> lengths = default)
    {
        CheckLengths(weights.Length, shares, lengths);
        // Every bit that any weight has: not below the greatest, and below twice that.
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

        // Nearly every order is small enough for 64 bits, where a division costs a tenth; then the sum has not overflown either.
        if (bits <= long.MaxValue / pieces && Int128.Abs(amount) * bits <= long.MaxValue) return Split(amount, weights, sum, shares, lengths);
        var wide = new Int128[weights.Length];
        for (var i = 0; i < wide.Length; i++) wide[i] = weights[i];
        return Split(amount, wide, SumOf(wide, lengths), shares, lengths);
    }

    /// <summary>Splits as the others do, piece by piece, into a new array.</summary>
    public static long[] Split(long amount, ReadOnlySpan<Int128> weights)
    {
        var shares = new long[weights.Length];
        Split(amount, weights, shares);
        return shares;
    }

    /// <summary>Brings weights to 64 bits where all have room there.</summary>
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
            throw new ArgumentException("There must be one share for each of at least one weight.", nameof(shares));
    }

    private static void CheckSign(bool isNegative)
    {
        if (isNegative) throw new ArgumentException("A weight is negative.");
    }

    private static int LengthOf(int run, ReadOnlySpan<int> lengths) => lengths.IsEmpty ? 1 : lengths[run];

    private static Int128 SumOf(ReadOnlySpan<Int128> weights, ReadOnlySpan<int> lengths)
    {
        var sum = Int128.Zero;
        for (var i = 0; i < weights.Length; i++) sum += weights[i] * LengthOf(i, lengths);
        return sum;
    }

    private static UnevenRun Split<T>(T amount, ReadOnlySpan<T> weights, T total, Span<long> shares, ReadOnlySpan<int> lengths) where T : unmanaged, IBinaryInteger<T>
    {
        Span<T> remainders = weights.Length <= StackLimit ? stackalloc T[weights.Length] : new T[weights.Length];
        var left = long.CreateChecked(amount);
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
            left -= shares[i] * LengthOf(i, lengths);
        }

        return left > 0 ? AssignLeftover((int)left, remainders, total, shares, lengths) : default;
    }

    /// <summary>Fewer units are left over than there are pieces: those of the largest remainders get one each.</summary>
    private static UnevenRun AssignLeftover<T>(int left, ReadOnlySpan<T> remainders, T total, Span<long> shares, ReadOnlySpan<int> lengths) where T : unmanaged, IBinaryInteger<T>
    {
        var ((least, ties), cut) = (FindCutoff(left, remainders, total, lengths), default(UnevenRun));
        for (var i = 0; i < shares.Length; i++)
        {
            shares[i] += remainders[i] > least ? 1 : 0;
            if (remainders[i] != least || ties == 0) continue;
            var pieces = LengthOf(i, lengths);
            if (pieces > ties) cut = new(i, ties);
            else shares[i]++;
            ties -= Math.Min(pieces, ties);
        }

        return cut;
    }

    /// <summary>
    /// The remainder of the <paramref name="place"/>th piece from the largest, counted from 1, and which of the pieces with that very remainder
    /// it is. The pieces are counted by the leading digit of what they are above the least, then those of the digit that holds the place by
    /// the next one: no comparing, so nothing for a processor to guess.
    /// </summary>
    private static (T Remainder, int Place) FindCutoff<T>(int place, ReadOnlySpan<T> remainders, T total, ReadOnlySpan<int> lengths) where T : unmanaged, IBinaryInteger<T>
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
            for (var i = 0; i < values.Length; i++) counts[int.CreateTruncating((values[i] - lowest) >> shift)] += LengthOf(i, pieces);
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
