using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite;

// A page asks for sums of many rollups: a month of 4,000 placements is 120,000 of them, a year 1.46 million. So sums are kept beside them, written by
// the same transaction: of a campaign's day, and of a placement's fortnight and season. A question reads whichever come to the fewest rows.
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RollupReading>> SumRollupsAsync(
        string brand, IReadOnlyList<RollupSumQuery> questions, Timestamp? asOf, CancellationToken cancellation)
    {
        // A look back takes as long as much was folded since, so it has a connection of its own and leaves its caller's thread.
        if (asOf is not null) return await Task.Run(() => database.ReadOnOwnConnection(Sum), cancellation);
        return await database.ReadAsync(Sum, cancellation);

        IReadOnlyList<RollupReading> Sum(SqliteSession session)
        {
            // What was folded since is taken off whole, so it must be there whole.
            var sums = questions.Select(question => SumRollups(session, brand, asOf is null ? question : question with { Models = -1 }, cancellation)).ToList();
            if (asOf is { } instant && questions.Count > 0)
            {
                var since = SumFoldedAfter(session, brand, questions.Min(question => question.From), questions.Max(question => question.To), instant, cancellation);
                foreach (var (question, sum) in questions.Zip(sums))
                    foreach (var (key, change) in since.Cells)
                        if (question.Includes(key)) sum[question.GroupKeyFor(key)].Add(change, -1);
            }

            var closed = ReadClosedThrough(session, brand, asOf);
            var waiting = asOf is null ? ReadOldestDelta(session) : null;
            return [.. sums.Select(sum => new RollupReading(RollupLayout.Sort(sum).ToAsyncEnumerable(), closed, waiting))];
        }
    }

    private static MeasureSums SumRollups(SqliteSession session, string brand, RollupSumQuery question, CancellationToken cancellation)
    {
        var sums = new MeasureSums();
        foreach (var part in RollupLayout.PlanScans(question).SelectMany(part => SplitByCampaign(session, brand, part)))
        {
            var rows = SelectRows(session, brand, part);
            while (rows.Step())
            {
                cancellation.ThrowIfCancellationRequested();
                var key = new RollupKey(brand, DateOnly.FromDayNumber((int)rows.Int64(0)), rows.Text(1), rows.Text(2));
                MeasureCodec.AddTo(sums[RollupLayout.GroupKeyFor(question, part, key)], rows.Blob(3), question.Models, part.IsSubtracted);
            }
        }
        return sums.DropZeros();
    }

    /// <summary>
    /// A creator's days as those of her placements, which her seasons tell: an index by creator would cost every fold a page for each new row, all over the file.
    /// </summary>
    private static List<RollupScan> SplitByCampaign(SqliteSession session, string brand, RollupScan part)
    {
        if (part.Creator is not { } creator || part.Campaign is not null) return [part];
        // From season to season and campaign to campaign by the key, past the creators of each.
        var select = session[
            EachDayCte + ", known (day, campaign) AS (SELECT day, (SELECT MIN(campaign) FROM rollup_seasons s WHERE brand = ?1 AND s.day = each.day) FROM each UNION ALL "
            + "SELECT day, (SELECT MIN(campaign) FROM rollup_seasons s WHERE brand = ?1 AND s.day = known.day AND s.campaign > known.campaign) FROM known WHERE campaign IS NOT NULL) "
            + "SELECT DISTINCT s.campaign FROM known CROSS JOIN rollup_seasons s ON brand = ?1 AND s.day = known.day AND s.campaign = known.campaign AND creator = ?5"];
        BindRange(select, brand, part with { First = RollupLayout.RowKeyFor(RollupTable.Seasons, new(brand, part.First, "", "")).Day }).Bind(4, SeasonDays).Bind(5, creator);
        var placements = new List<RollupScan>();
        while (select.Step()) placements.Add(part with { Campaign = select.Text(0) });
        return placements;
    }

    private static string TableName(RollupTable rows) => rows switch
    {
        RollupTable.Days => "rollups",
        RollupTable.Fortnights => "rollup_fortnights",
        RollupTable.Seasons => "rollup_seasons",
        RollupTable.CampaignDays => "rollup_campaigns",
        _ => throw new ArgumentOutOfRangeException(nameof(rows), rows, null),
    };

    private static SqliteStatement SelectRows(SqliteSession session, string brand, in RollupScan part) => part switch
    {
        { Campaign: { } campaign, Creator: { } creator } => BindRange(
            session[$"{EachDayCte} SELECT each.day, campaign, creator, cell FROM each CROSS JOIN {TableName(part.Table)} r ON brand = ?1 AND r.day = each.day AND campaign = ?5 AND creator = ?6"],
            brand, part).Bind(4, RollupLayout.DaysPerRow(part.Table)).Bind(5, campaign).Bind(6, creator),
        { Campaign: { } campaign } => BindRange(
            session[$"{EachDayCte} SELECT each.day, campaign, creator, cell FROM each CROSS JOIN {TableName(part.Table)} r ON brand = ?1 AND r.day = each.day AND campaign IN (?5, '', '*')"],
            brand, part).Bind(4, RollupLayout.DaysPerRow(part.Table)).Bind(5, campaign),
        _ => BindRange(session[$"SELECT day, campaign, creator, cell FROM {TableName(part.Table)} WHERE brand = ?1 AND day BETWEEN ?2 AND ?3"], brand, part),
    };

    private static SqliteStatement BindRange(SqliteStatement rows, string brand, in RollupScan part) => rows.Bind(1, brand).Bind(2, part.First.DayNumber).Bind(3, part.Last.DayNumber);

    /// <summary>One by one, so that what is sought is sought on each and the others are passed over.</summary>
    private const string EachDayCte = "WITH RECURSIVE each (day) AS (SELECT ?2 WHERE ?2 <= ?3 UNION ALL SELECT day + ?4 FROM each WHERE day + ?4 <= ?3)";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<long[]>> ReadTrendsAsync(
        string brand, IReadOnlyList<Placement> placements, DateOnly from, DateOnly to, bool byFortnight, Func<MeasureCell, long> number, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<long[]>>(
            session =>
            {
                var (first, cell) = (from.DayNumber, new MeasureCell());
                var parts = byFortnight ? RollupLayout.PlanSpan(from, to, longest: RollupTable.Fortnights).ToList() : [new(RollupTable.Days, from, to)];
                var trends = new List<long[]>(placements.Count);
                foreach (var placement in placements)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var trend = new long[byFortnight ? RollupFortnight.CountBetween(from, to) : to.DayNumber - first + 1];
                    foreach (var part in parts)
                    {
                        var rows = SelectRows(session, brand, part with { Campaign = placement.Campaign, Creator = placement.Creator });
                        while (rows.Step())
                        {
                            cell.Values.Clear();
                            MeasureCodec.AddTo(cell, rows.Blob(3));
                            var day = (int)rows.Int64(0);
                            trend[byFortnight ? RollupFortnight.CountBetween(from, DateOnly.FromDayNumber(day)) - 1 : day - first] += part.IsSubtracted ? -number(cell) : number(cell);
                        }
                    }
                    trends.Add(trend);
                }

                return trends;
            },
            cancellation);

    /// <summary>
    /// Adds changes to the rollups and to the sums that are kept of them. What comes to nothing is removed; but not a season, whose
    /// days may come to nothing together only, and are found by it.
    /// </summary>
    private static void AddToRollups(SqliteSession session, MeasureSums changes, DocumentWriter documents)
    {
        foreach (var rows in RollupLayout.AllTables)
        {
            var select = $"SELECT cell FROM {TableName(rows)} WHERE brand = ? AND day = ? AND campaign = ? AND creator = ?";
            foreach (var (key, change) in RollupLayout.ChangesFor(rows, changes).Cells)
            {
                var cell = ReadAndAdd(BindKey(session[select], key), change);
                PutCell(session, rows, key, cell.IsZero && rows != RollupTable.Seasons ? null : cell, documents);
            }
        }
    }

    /// <summary>Puts a cell in the place of what is stored; null: removes it.</summary>
    private static void PutCell(SqliteSession session, RollupTable rows, in RollupKey key, MeasureCell? cell, DocumentWriter documents)
    {
        if (cell is null) BindKey(session[$"DELETE FROM {TableName(rows)} WHERE brand = ? AND day = ? AND campaign = ? AND creator = ?"], key).Run();
        else
            BindKey(session[$"INSERT INTO {TableName(rows)} (brand, day, campaign, creator, cell) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET cell = excluded.cell"], key)
                .Bind(5, MeasureCodec.Encode(cell, documents)).Run();
    }

    /// <summary>The cell that a statement selects, or an empty one, with a change.</summary>
    private static MeasureCell ReadAndAdd(SqliteStatement select, MeasureCell change)
    {
        var cell = new MeasureCell();
        if (select.Step()) MeasureCodec.AddTo(cell, select.Blob(0));
        select.Reset();
        cell.Add(change);
        return cell;
    }

    private static SqliteStatement BindKey(SqliteStatement statement, in RollupKey key) =>
        statement.Bind(1, key.Brand).Bind(2, key.Day.DayNumber).Bind(3, key.Campaign).Bind(4, key.Creator);
}
