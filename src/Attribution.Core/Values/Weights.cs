namespace Attribution.Core.Values;

/// <summary>
/// What the pieces of something weigh, in order, equal neighbours together as a run: what many weigh alike is reckoned once. Made to be
/// cleared and filled again. Not thread-safe.
/// </summary>
public sealed class Weights
{
    private Int128[] weights = new Int128[16];
    private int[] runLengths = new int[16];

    /// <summary>How many runs there are.</summary>
    public int RunCount { get; private set; }

    /// <summary>How many pieces there are.</summary>
    public int Count { get; private set; }

    /// <summary>What each piece of a run weighs, by run.</summary>
    public Span<Int128> RunWeights => weights.AsSpan(0, RunCount);

    /// <summary>How many pieces stand in a run, by run; each at least 1.</summary>
    public ReadOnlySpan<int> RunLengths => runLengths.AsSpan(0, RunCount);

    /// <summary>Makes it a row of no pieces.</summary>
    public Weights Clear()
    {
        (RunCount, Count) = (0, 0);
        return this;
    }

    /// <summary>Puts pieces of one weight at the end.</summary>
    /// <param name="weight">What each weighs.</param>
    /// <param name="pieces">How many; none is nothing.</param>
    public void Add(Int128 weight, int pieces = 1)
    {
        if (pieces == 0) return;
        Count += pieces;
        if (RunCount > 0 && weights[RunCount - 1] == weight)
        {
            runLengths[RunCount - 1] += pieces;
            return;
        }

        if (RunCount == weights.Length)
        {
            Array.Resize(ref weights, 2 * RunCount);
            Array.Resize(ref runLengths, 2 * RunCount);
        }

        (weights[RunCount], runLengths[RunCount]) = (weight, pieces);
        RunCount++;
    }

    /// <summary>The weights piece by piece.</summary>
    public Int128[] ToArray()
    {
        var pieces = new Int128[Count];
        for (var (run, from) = (0, 0); run < RunCount; from += runLengths[run++]) pieces.AsSpan(from, runLengths[run]).Fill(weights[run]);
        return pieces;
    }
}
