namespace Attribution.Core.Values;

/// <summary>
/// What the pieces of something weigh, in order, equal neighbours together as a run: what many weigh alike is reckoned once. Made to be
/// cleared and filled again. Not thread-safe.
/// </summary>
public sealed class WeightRow
{
    private Int128[] weights = new Int128[16];
    private int[] lengths = new int[16];

    /// <summary>How many runs there are.</summary>
    public int Runs { get; private set; }

    /// <summary>How many pieces there are.</summary>
    public int Length { get; private set; }

    /// <summary>What each piece of a run weighs, by run.</summary>
    public Span<Int128> Weights => weights.AsSpan(0, Runs);

    /// <summary>How many pieces stand in a run, by run; each at least 1.</summary>
    public ReadOnlySpan<int> Lengths => lengths.AsSpan(0, Runs);

    /// <summary>Makes it a row of no pieces.</summary>
    public WeightRow Clear()
    {
        (Runs, Length) = (0, 0);
        return this;
    }

    /// <summary>Puts pieces of one weight at the end.</summary>
    /// <param name="weight">What each weighs.</param>
    /// <param name="pieces">How many; none is nothing.</param>
    public void Add(Int128 weight, int pieces = 1)
    {
        if (pieces == 0) return;
        Length += pieces;
        if (Runs > 0 && weights[Runs - 1] == weight)
        {
            lengths[Runs - 1] += pieces;
            return;
        }

        if (Runs == weights.Length)
        {
            Array.Resize(ref weights, 2 * Runs);
            Array.Resize(ref lengths, 2 * Runs);
        }

        (weights[Runs], lengths[Runs]) = (weight, pieces);
        Runs++;
    }

    /// <summary>The weights piece by piece.</summary>
    public Int128[] ToArray()
    {
        var pieces = new Int128[Length];
        for (var (run, from) = (0, 0); run < Runs; from += lengths[run++]) pieces.AsSpan(from, lengths[run]).Fill(weights[run]);
        return pieces;
    }
}
