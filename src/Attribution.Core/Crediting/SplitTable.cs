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
    private long[] narrow = [];
    private long[] net = [];
    private int[] claims = [];
    private int count;
    private int rows;
    private int room;
    private bool isNarrow;
    private bool isOneEach;

    /// <summary>How many columns a conversion has.</summary>
    public static int ColumnsOf(ConversionFacts conversion) => Refunded + conversion.RefundDays.Length;

    /// <summary>Splits a conversion by the weights of its claims.</summary>
    public void Split(ConversionFacts conversion, WeightRow row)
    {
        count = ColumnsOf(conversion);
        rows = row.Runs;
        MakeRoom();
        row.Weights.CopyTo(weights);
        row.Lengths.CopyTo(claims);
        isOneEach = row.Runs == row.Length;
        isNarrow = LargestRemainder.TryNarrow(row.Weights, narrow);

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
    public void AddUp(ReadOnlySpan<int> parties, Span<long> sums, Span<int> counts)
    {
        for (var (row, from) = (0, 0); row < rows; from += claims[row++])
        {
            if (weights[row] == 0) continue;
            if (claims[row] == 1)
            {
                Add(row, parties[from], 1, sums, counts);
                continue;
            }

            var alike = parties.Slice(from, claims[row]);
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
        var sum = sums.Slice(party * count, count);
        for (var column = 0; column < sum.Length; column++) sum[column] += times * cells[(column * room) + row];
    }

    /// <summary>Claims of each row; empty where each is one.</summary>
    private ReadOnlySpan<int> Pieces => isOneEach ? [] : claims.AsSpan(0, rows);

    private Span<long> Column(int column) => cells.AsSpan(column * room, rows);

    private void SplitByWeight(long amount, int column)
    {
        if (isNarrow) SplitBy(narrow.AsSpan(0, rows), amount, column);
        else CutAt(column, LargestRemainder.Split(amount, weights.AsSpan(0, rows), Column(column), Pieces));
    }

    private void SplitBy(ReadOnlySpan<long> by, long amount, int column) =>
        CutAt(column, LargestRemainder.Split(amount, by, Column(column), Pieces));

    /// <summary>The first claims of a row got a unit more: they become a row of their own.</summary>
    private void CutAt(int column, Cut cut)
    {
        if (cut.Pieces == 0) return;
        rows++;
        InsertCopy(weights.AsSpan(0, rows), cut.Run);
        InsertCopy(narrow.AsSpan(0, rows), cut.Run);
        InsertCopy(claims.AsSpan(0, rows), cut.Run);
        for (var i = 0; i < count; i++) InsertCopy(Column(i), cut.Run);
        claims[cut.Run] = cut.Pieces;
        claims[cut.Run + 1] -= cut.Pieces;
        Column(column)[cut.Run]++;
    }

    private static void InsertCopy<T>(Span<T> values, int row) => values[row..^1].CopyTo(values[(row + 1)..]);

    /// <summary>Each column may cut one row in two.</summary>
    private void MakeRoom()
    {
        if (room < rows + count)
        {
            room = 2 * (rows + count);
            (weights, narrow, net, claims) = (new Int128[room], new long[room], new long[room], new int[room]);
        }

        if (cells.Length < room * count) cells = new long[room * count];
    }
}
