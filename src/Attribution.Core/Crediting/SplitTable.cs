using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>
/// A conversion's sums split over the claims in order: claims that fare alike and stand together are one row, so that what is the same for
/// hundreds of touches is reckoned once. Gross and the million micros are split by weight, the discount by the gross shares, what was
/// refunded up to each day by the net shares before refunds. Made to be used for one split after the other.
/// </summary>
internal sealed class SplitTable
{
    /// <summary>Each claim's share of the million micros.</summary>
    public const int Micros = 0;

    /// <summary>Of the gross.</summary>
    public const int Gross = 1;

    /// <summary>Of the discount.</summary>
    public const int Discount = 2;

    /// <summary>Of what was refunded up to the first day; the columns of the other days follow.</summary>
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

    /// <summary>How many columns a conversion has.</summary>
    public static int ColumnsOf(ConversionFacts conversion) => Refunded + conversion.RefundDays.Length;

    /// <summary>Splits a conversion by the weights of its claims.</summary>
    public void Split(ConversionFacts conversion, Weights row)
    {
        columnCount = ColumnsOf(conversion);
        rows = row.RunCount;
        EnsureCapacity();
        row.RunWeights.CopyTo(weights);
        row.RunLengths.CopyTo(runLengths);
        hasSingleItemRuns = row.RunCount == row.Count;
        hasInt64Weights = LargestRemainder.TryToInt64(row.RunWeights, int64Weights);

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

    /// <summary>Adds the claims' shares to their parties', claims that weigh nothing aside.</summary>
    /// <param name="parties">The claims' parties, in order.</param>
    /// <param name="sums">Receives the sums, a column after the other for each party.</param>
    /// <param name="counts">How many claims each party has that weigh something; zeros before.</param>
    public void SumByClaimant(ReadOnlySpan<int> parties, Span<long> sums, Span<int> counts)
    {
        for (var (row, from) = (0, 0); row < rows; from += runLengths[row++])
        {
            if (weights[row] == 0) continue;
            if (runLengths[row] == 1)
            {
                Add(row, parties[from], 1, sums, counts);
                continue;
            }

            var alike = parties.Slice(from, runLengths[row]);
            for (var (party, left) = (0, alike.Length); left > 0; party++)
            {
                var times = alike.Count(party);
                if (times > 0) Add(row, party, times, sums, counts);
                left -= times;
            }
        }
    }

    private void Add(int row, int party, int times, Span<long> sums, Span<int> counts)
    {
        counts[party] += times;
        var sum = sums.Slice(party * columnCount, columnCount);
        for (var column = 0; column < sum.Length; column++) sum[column] += times * cells[(column * capacity) + row];
    }

    /// <summary>Claims of each row; empty where each is one.</summary>
    private ReadOnlySpan<int> LengthsOrEmpty => hasSingleItemRuns ? [] : runLengths.AsSpan(0, rows);

    private Span<long> Column(int column) => cells.AsSpan(column * capacity, rows);

    private void SplitByWeight(long amount, int column)
    {
        if (hasInt64Weights) SplitBy(int64Weights.AsSpan(0, rows), amount, column);
        else SplitRow(column, LargestRemainder.Split(amount, weights.AsSpan(0, rows), Column(column), LengthsOrEmpty));
    }

    private void SplitBy(ReadOnlySpan<long> by, long amount, int column) =>
        SplitRow(column, LargestRemainder.Split(amount, by, Column(column), LengthsOrEmpty));

    /// <summary>The first claims of a row got a unit more: they become a row of their own.</summary>
    private void SplitRow(int column, UnevenRun cut)
    {
        if (cut.ExtraCount == 0) return;
        rows++;
        InsertCopy(weights.AsSpan(0, rows), cut.Run);
        InsertCopy(int64Weights.AsSpan(0, rows), cut.Run);
        InsertCopy(runLengths.AsSpan(0, rows), cut.Run);
        for (var i = 0; i < columnCount; i++) InsertCopy(Column(i), cut.Run);
        runLengths[cut.Run] = cut.ExtraCount;
        runLengths[cut.Run + 1] -= cut.ExtraCount;
        Column(column)[cut.Run]++;
    }

    private static void InsertCopy<T>(Span<T> values, int row) => values[row..^1].CopyTo(values[(row + 1)..]);

    /// <summary>Each column may cut one row in two.</summary>
    private void EnsureCapacity()
    {
        if (capacity < rows + columnCount)
        {
            capacity = 2 * (rows + columnCount);
            (weights, int64Weights, net, runLengths) = (new Int128[capacity], new long[capacity], new long[capacity], new int[capacity]);
        }

        if (cells.Length < capacity * columnCount) cells = new long[capacity * columnCount];
    }
}
