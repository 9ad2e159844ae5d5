namespace Attribution.Core.Values;

/// <summary>
/// A sequence of weights in which adjacent equal weights form a run, so that equal weights are calculated only once.
/// Reusable: it can be cleared and filled again. Not thread-safe.
/// </summary>
public sealed class Weights
{
    private Int128[] weights = new Int128[16];
    private int[] runLengths = new int[16];

    /// <summary>Gets the number of runs.</summary>
    public int RunCount { get; private set; }

    /// <summary>Gets the number of pieces.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the weight of each piece, by run.</summary>
    public Span<Int128> RunWeights => weights.AsSpan(0, RunCount);

    /// <summary>Gets the number of pieces by run; at least 1.</summary>
    public ReadOnlySpan<int> RunLengths => runLengths.AsSpan(0, RunCount);

    /// <summary>Removes all pieces.</summary>
    public Weights Clear()
    {
        (RunCount, Count) = (0, 0);
        return this;
    }

    /// <summary>Appends pieces of equal weight.</summary>
    /// <param name="weight">The weight of each piece.</param>
    /// <param name="pieces">The number of pieces; 0 adds nothing.</param>
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

    /// <summary>Returns the weights of all pieces.</summary>
    public Int128[] ToArray()
    {
        var pieces = new Int128[Count];
        for (var (run, from) = (0, 0); run < RunCount; from += runLengths[run++])
            pieces.AsSpan(from, runLengths[run]).Fill(weights[run]);
        return pieces;
    }
}
