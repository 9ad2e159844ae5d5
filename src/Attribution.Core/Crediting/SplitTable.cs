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

    private readonly List<long[]> columns = [];
    private Int128[] weights = [];
    private int[] claims = [];
    private long[] net = [];
    private int rows;

    /// <summary>How many columns there are.</summary>
    public int Columns { get; private set; }

    /// <summary>Splits a conversion by the weights of its claims.</summary>
    public void Split(ConversionFacts conversion, WeightRow row)
    {
        Columns = Refunded + conversion.RefundDays.Length;
        rows = row.Runs;
        MakeRoom(rows + Columns);
        row.Weights.CopyTo(weights);
        row.Lengths.CopyTo(claims);

        CutAt(Gross, LargestRemainder.Split(conversion.Gross, weights.AsSpan(0, rows), Column(Gross), claims.AsSpan(0, rows)));
        CutAt(Micros, LargestRemainder.Split(Shares.Whole, weights.AsSpan(0, rows), Column(Micros), claims.AsSpan(0, rows)));
        CutAt(Discount, LargestRemainder.Split(conversion.Discount, Column(Gross), Column(Discount), claims.AsSpan(0, rows)));
        var refunded = 0L;
        for (var day = 0; day < conversion.RefundDays.Length; day++)
        {
            for (var i = 0; i < rows; i++) net[i] = columns[Gross][i] - columns[Discount][i];
            refunded += conversion.RefundDays[day].Amount;
            CutAt(Refunded + day, LargestRemainder.Split(refunded, net.AsSpan(0, rows), Column(Refunded + day), claims.AsSpan(0, rows)));
        }
    }

    /// <summary>Adds the claims' shares to their parties', claims that weigh nothing aside.</summary>
    /// <param name="of">The claims, in order.</param>
    /// <param name="sums">Receives the sums, <see cref="Columns"/> a party.</param>
    /// <param name="counts">How many claims each party has that weigh something; zeros before.</param>
    public void AddUp(ReadOnlySpan<Claim> of, Span<long> sums, Span<int> counts)
    {
        Span<int> alike = counts.Length <= 64 ? stackalloc int[counts.Length] : new int[counts.Length];
        for (var (row, from) = (0, 0); row < rows; from += claims[row++])
        {
            if (weights[row] == 0) continue;
            if (claims[row] == 1)
            {
                Add(row, of[from].Party, 1, sums, counts);
                continue;
            }

            alike.Clear();
            foreach (ref readonly var claim in of.Slice(from, claims[row])) alike[claim.Party]++;
            for (var party = 0; party < alike.Length; party++)
                if (alike[party] > 0)
                    Add(row, party, alike[party], sums, counts);
        }
    }

    private void Add(int row, int party, int times, Span<long> sums, Span<int> counts)
    {
        counts[party] += times;
        var sum = sums.Slice(party * Columns, Columns);
        for (var column = 0; column < sum.Length; column++) sum[column] += times * columns[column][row];
    }

    private Span<long> Column(int column) => columns[column].AsSpan(0, rows);

    /// <summary>The first claims of a row got a unit more: they become a row of their own.</summary>
    private void CutAt(int column, Cut cut)
    {
        if (cut.Pieces == 0) return;
        InsertCopy(weights, cut.Run);
        InsertCopy(claims, cut.Run);
        for (var i = 0; i < Columns; i++) InsertCopy(columns[i], cut.Run);
        rows++;
        claims[cut.Run] = cut.Pieces;
        claims[cut.Run + 1] -= cut.Pieces;
        columns[column][cut.Run]++;
    }

    private void InsertCopy<T>(T[] values, int row) => Array.Copy(values, row, values, row + 1, rows - row);

    private void MakeRoom(int most)
    {
        if (weights.Length < most)
        {
            (weights, claims, net) = (new Int128[most], new int[most], new long[most]);
            columns.Clear();
        }

        while (columns.Count < Columns) columns.Add(new long[weights.Length]);
    }
}
