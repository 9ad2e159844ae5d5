using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>
/// The shares of a conversion's placements, one row each. The weights of a placement's touchpoints are summed first, so
/// every placement is rounded once. Gross and micros are split by weight, the discount by the gross shares, and the
/// refunds up to each day by the net shares before refunds. Rows are in the order of the placements' first touchpoint
/// with weight, which decides ties. An instance is reused for one split after another; not thread-safe.
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
    private long[] shares = [];
    private long[] basis = [];
    private Int128[] weights = [];
    private int[] claimants = [];
    private int[] rowsByClaimant = [];
    private int columnCount;

    /// <summary>Gets the number of placements with weight.</summary>
    public int RowCount { get; private set; }

    /// <summary>Returns the number of columns of a conversion.</summary>
    public static int CountColumns(ConversionFacts conversion) => Refunded + conversion.RefundDays.Length;

    /// <summary>Returns the claimant of a row.</summary>
    public int ClaimantOf(int row) => claimants[row];

    /// <summary>Returns the columns of a row.</summary>
    public ReadOnlySpan<long> this[int row] => cells.AsSpan(row * columnCount, columnCount);

    /// <summary>Splits a conversion among the placements of its touchpoints.</summary>
    /// <param name="conversion">The conversion.</param>
    /// <param name="touchpointClaimants">The claimant of each touchpoint, in order.</param>
    /// <param name="touchpointWeights">The weight of each touchpoint; at least one is above 0.</param>
    /// <param name="claimantCount">The number of claimants of the journey.</param>
    public void Split(
        ConversionFacts conversion, ReadOnlySpan<int> touchpointClaimants, Weights touchpointWeights, int claimantCount)
    {
        columnCount = CountColumns(conversion);
        EnsureCapacity(claimantCount);
        SumWeights(touchpointClaimants, touchpointWeights, claimantCount);

        SplitByWeight(CreditSplitter.WholeMicros, Micros);
        SplitByWeight(conversion.Gross, Gross);
        for (var row = 0; row < RowCount; row++) basis[row] = Cell(row, Gross);
        SplitByBasis(conversion.Discount, Discount);
        for (var row = 0; row < RowCount; row++) basis[row] -= Cell(row, Discount);
        var refunded = 0L;
        for (var day = 0; day < conversion.RefundDays.Length; day++)
            SplitByBasis(refunded += conversion.RefundDays[day].Amount, Refunded + day);
    }

    /// <summary>
    /// Returns the micros of each touchpoint, in order: its part of the placement's micros by weight. They sum to the
    /// micros of the placement.
    /// </summary>
    public long[] MicrosByTouchpoint(ReadOnlySpan<int> touchpointClaimants, Weights touchpointWeights)
    {
        var (micros, each) = (new long[touchpointClaimants.Length], touchpointWeights.ToArray());
        for (var row = 0; row < RowCount; row++)
        {
            var own = new List<int>();
            for (var i = 0; i < each.Length; i++)
                if (touchpointClaimants[i] == claimants[row])
                    own.Add(i);
            var parts = LargestRemainder.Split(Cell(row, Micros), own.Select(i => each[i]).ToArray());
            for (var i = 0; i < parts.Length; i++) micros[own[i]] = parts[i];
        }

        return micros;
    }

    private ref long Cell(int row, int column) => ref cells[(row * columnCount) + column];

    private void SumWeights(ReadOnlySpan<int> touchpointClaimants, Weights touchpointWeights, int claimantCount)
    {
        RowCount = 0;
        rowsByClaimant.AsSpan(0, claimantCount).Fill(-1);
        for (var (run, from) = (0, 0); run < touchpointWeights.RunCount; from += touchpointWeights.RunLengths[run++])
        {
            var weight = touchpointWeights.RunWeights[run];
            if (weight == 0) continue;
            foreach (var claimant in touchpointClaimants.Slice(from, touchpointWeights.RunLengths[run]))
            {
                ref var row = ref rowsByClaimant[claimant];
                if (row < 0)
                {
                    row = RowCount++;
                    (claimants[row], weights[row]) = (claimant, 0);
                }

                weights[row] += weight;
            }
        }
    }

    private void SplitByWeight(long amount, int column)
    {
        LargestRemainder.Split(amount, weights.AsSpan(0, RowCount), shares.AsSpan(0, RowCount));
        FillColumn(column);
    }

    private void SplitByBasis(long amount, int column)
    {
        LargestRemainder.Split(amount, basis.AsSpan(0, RowCount), shares.AsSpan(0, RowCount));
        FillColumn(column);
    }

    private void FillColumn(int column)
    {
        for (var row = 0; row < RowCount; row++) Cell(row, column) = shares[row];
    }

    private void EnsureCapacity(int rows)
    {
        if (weights.Length < rows)
        {
            (weights, claimants, rowsByClaimant) = (new Int128[2 * rows], new int[2 * rows], new int[2 * rows]);
            (shares, basis) = (new long[2 * rows], new long[2 * rows]);
        }

        if (cells.Length < rows * columnCount) cells = new long[2 * rows * columnCount];
    }
}
