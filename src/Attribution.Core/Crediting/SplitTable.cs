using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>
/// The shares of a conversion's touchpoints. Adjacent touchpoints with equal shares are one row (a run), so that the
/// work for hundreds of equal touches is done once. Gross and micros are split by weight, the discount by the gross
/// shares, and the refunds up to each day by the net shares before refunds. An instance is reused for one split after
/// another; not thread-safe.
/// </summary>
internal sealed class SplitTable
{
    /// <summary>Column of the share in micros.</summary>
    public const int Micros = 0;

    /// <summary>Column of the gross.</summary>
    public const int Gross = 1;

    /// <summary>Column of the discount.</summary>
    public const int Discount = 2;

    /// <summary>Column of the refunds up to the first day; the columns of the other days follow.</summary>
    public const int Refunded = 3;

    private long[] cells = [];
    private Int128[] weights = [];
    private long[] int64Weights = [];
    private long[] net = [];
    private int[] runLengths = [];
    private int columnCount;
    private int rows;
    private int capacity;
    private bool hasInt64Weights;
    private bool hasSingleItemRuns;

    /// <summary>Returns the number of columns of a conversion.</summary>
    public static int ColumnsOf(ConversionFacts conversion) => Refunded + conversion.RefundDays.Length;

    /// <summary>Splits a conversion by the weights of its touchpoints.</summary>
    public void Split(ConversionFacts conversion, Weights touchpointWeights)
    {
        columnCount = ColumnsOf(conversion);
        rows = touchpointWeights.RunCount;
        EnsureCapacity();
        touchpointWeights.RunWeights.CopyTo(weights);
        touchpointWeights.RunLengths.CopyTo(runLengths);
        hasSingleItemRuns = touchpointWeights.RunCount == touchpointWeights.Count;
        hasInt64Weights = LargestRemainder.TryToInt64(touchpointWeights.RunWeights, int64Weights);

        SplitByWeight(conversion.Gross, Gross);
        SplitByWeight(CreditSplitter.WholeMicros, Micros);
        SplitBy(Column(Gross), conversion.Discount, Discount);
        var refunded = 0L;
        for (var day = 0; day < conversion.RefundDays.Length; day++)
        {
            for (var i = 0; i < rows; i++) net[i] = Column(Gross)[i] - Column(Discount)[i];
            refunded += conversion.RefundDays[day].Amount;
            SplitBy(net.AsSpan(0, rows), refunded, Refunded + day);
        }
    }

    /// <summary>Adds the touchpoints' shares to their claimants'; touchpoints without weight are skipped.</summary>
    /// <param name="claimants">Claimant of each touchpoint, in order.</param>
    /// <param name="sums">Receives the sums, one block of columns per claimant.</param>
    /// <param name="counts">Receives the number of touchpoints with weight per claimant; all 0 before the call.</param>
    public void SumByClaimant(ReadOnlySpan<int> claimants, Span<long> sums, Span<int> counts)
    {
        for (var (row, from) = (0, 0); row < rows; from += runLengths[row++])
        {
            if (weights[row] == 0) continue;
            if (runLengths[row] == 1)
            {
                Add(row, claimants[from], 1, sums, counts);
                continue;
            }

            var run = claimants.Slice(from, runLengths[row]);
            for (var (claimant, left) = (0, run.Length); left > 0; claimant++)
            {
                var times = run.Count(claimant);
                if (times > 0) Add(row, claimant, times, sums, counts);
                left -= times;
            }
        }
    }

    /// <summary>Returns the micros of each touchpoint, in order.</summary>
    public long[] MicrosByTouchpoint(int touchpointCount)
    {
        var micros = new long[touchpointCount];
        for (var (row, from) = (0, 0); row < rows; from += runLengths[row++])
            micros.AsSpan(from, runLengths[row]).Fill(Column(Micros)[row]);
        return micros;
    }

    private void Add(int row, int claimant, int times, Span<long> sums, Span<int> counts)
    {
        counts[claimant] += times;
        var sum = sums.Slice(claimant * columnCount, columnCount);
        for (var column = 0; column < sum.Length; column++) sum[column] += times * cells[(column * capacity) + row];
    }

    /// <summary>Number of touchpoints of each row; empty if every row is a single touchpoint.</summary>
    private ReadOnlySpan<int> LengthsOrEmpty => hasSingleItemRuns ? [] : runLengths.AsSpan(0, rows);

    private Span<long> Column(int column) => cells.AsSpan(column * capacity, rows);

    private void SplitByWeight(long amount, int column)
    {
        if (hasInt64Weights) SplitBy(int64Weights.AsSpan(0, rows), amount, column);
        else SplitRow(column, LargestRemainder.Split(amount, weights.AsSpan(0, rows), Column(column), LengthsOrEmpty));
    }

    private void SplitBy(ReadOnlySpan<long> by, long amount, int column) =>
        SplitRow(column, LargestRemainder.Split(amount, by, Column(column), LengthsOrEmpty));

    /// <summary>Makes the touchpoints of a row that received one unit more a row of their own.</summary>
    private void SplitRow(int column, UnevenRun uneven)
    {
        if (uneven.ExtraCount == 0) return;
        rows++;
        InsertCopy(weights.AsSpan(0, rows), uneven.Run);
        InsertCopy(int64Weights.AsSpan(0, rows), uneven.Run);
        InsertCopy(runLengths.AsSpan(0, rows), uneven.Run);
        for (var i = 0; i < columnCount; i++) InsertCopy(Column(i), uneven.Run);
        runLengths[uneven.Run] = uneven.ExtraCount;
        runLengths[uneven.Run + 1] -= uneven.ExtraCount;
        Column(column)[uneven.Run]++;
    }

    private static void InsertCopy<T>(Span<T> values, int row) => values[row..^1].CopyTo(values[(row + 1)..]);

    /// <summary>Makes room for one additional row per column: each column can split one row in two.</summary>
    private void EnsureCapacity()
    {
        if (capacity < rows + columnCount)
        {
            capacity = 2 * (rows + columnCount);
            (weights, int64Weights) = (new Int128[capacity], new long[capacity]);
            (net, runLengths) = (new long[capacity], new int[capacity]);
        }

        if (cells.Length < capacity * columnCount) cells = new long[capacity * columnCount];
    }
}
