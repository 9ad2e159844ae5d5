using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;

namespace Attribution.Storage.Sqlite;

// A page asks for sums of many rollups: a month of 4,000 placements is 120,000 of them, a year 1.46 million. So two sums are kept beside them,
// written by the same transaction: of a campaign's day, and of a placement's block of days. A question reads whichever has the fewest rows.
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RollupReading>> SumAsync(
        string brand, IReadOnlyList<RollupQuestion> questions, Timestamp? asOf, CancellationToken cancellation)
    {
        // A look back takes as long as much was folded since, so it has a connection of its own and leaves its caller's thread.
        if (asOf is not null) return await Task.Run(() => database.ReadApart(Sum), cancellation);
        return await database.ReadAsync(Sum, cancellation);

        IReadOnlyList<RollupReading> Sum(SqliteSession session)
        {
            // What was folded since is taken off whole, so it must be there whole.
            var sums = questions.Select(question => SumOf(session, brand, asOf is null ? question : question with { Models = -1 }, cancellation)).ToList();
            if (asOf is { } instant && questions.Count > 0)
            {
                var since = FoldedAfter(session, brand, questions.Min(question => question.From), questions.Max(question => question.To), instant, cancellation);
                foreach (var (question, sum) in questions.Zip(sums))
                    foreach (var (key, change) in since.Cells)
                        if (question.Takes(key)) sum[question.KeyOf(key)].Add(change, -1);
            }

            var closed = ClosedThrough(session, brand, asOf);
            var waiting = asOf is null ? OldestDelta(session) : null;
            return [.. sums.Select(sum => new RollupReading(StoredRollups.InOrder(sum).ToAsyncEnumerable(), closed, waiting))];
        }
    }

    private static MeasureSums SumOf(SqliteSession session, string brand, RollupQuestion question, CancellationToken cancellation)
    {
        var sums = new MeasureSums();
        foreach (var part in StoredRollups.PartsOf(question))
        {
            var rows = RowsOf(session, brand, part);
            while (rows.Step())
            {
                cancellation.ThrowIfCancellationRequested();
                var key = new RollupKey(brand, DateOnly.FromDayNumber((int)rows.Int64(0)), rows.Text(1), rows.Text(2));
                if (question.Models < 0) MeasureCodec.AddTo(sums[question.KeyOf(key)], rows.Blob(3));
                else MeasureCodec.AddTo(sums[question.KeyOf(key)], rows.Blob(3), question.Models);
            }
        }
        return sums.DropZeros();
    }

    private static SqliteStatement RowsOf(SqliteSession session, string brand, in RollupPart part)
    {
        var (from, to) = (part.First.DayNumber, part.Last.DayNumber);
        return part switch
        {
            { Creator: { } creator } => CreatorRows(session, brand, from, to, part.Campaign, creator),
            { Rows: RollupRows.CampaignDays } => CampaignRows(session, brand, from, to, part.Campaign),
            { Rows: RollupRows.Blocks } => BlockRows(session, brand, from, to, part.Campaign),
            _ => DayRows(session, brand, from, to, part.Campaign),
        };
    }

    /// <summary>Sought in each campaign that a day knows: an index by creator would cost every fold a page for each new row, all over the file.</summary>
    private static SqliteStatement CreatorRows(SqliteSession session, string brand, int from, int to, string? campaign, string creator) =>
        session[
            "SELECT r.day, r.campaign, r.creator, r.cell FROM rollup_campaigns c CROSS JOIN rollups r "
            + "ON r.brand = ?1 AND r.day = c.day AND r.campaign = c.campaign AND r.creator = ?4 "
            + "WHERE c.brand = ?1 AND c.day BETWEEN ?2 AND ?3 AND (?5 IS NULL OR c.campaign = ?5)"]
            .Bind(1, brand).Bind(2, from).Bind(3, to).Bind(4, creator).Bind(5, campaign);

    private static SqliteStatement CampaignRows(SqliteSession session, string brand, int from, int to, string? campaign) => campaign is null
        ? session["SELECT day, campaign, '', cell FROM rollup_campaigns WHERE brand = ?1 AND day BETWEEN ?2 AND ?3"].Bind(1, brand).Bind(2, from).Bind(3, to)
        : session[OfDays + "SELECT days.day, campaign, '', cell FROM days CROSS JOIN rollup_campaigns r ON brand = ?1 AND r.day = days.day AND campaign IN (?4, '', '*')"]
            .Bind(1, brand).Bind(2, from).Bind(3, to).Bind(4, campaign);

    private static SqliteStatement DayRows(SqliteSession session, string brand, int from, int to, string? campaign) => campaign is null
        ? session["SELECT day, campaign, creator, cell FROM rollups WHERE brand = ?1 AND day BETWEEN ?2 AND ?3"].Bind(1, brand).Bind(2, from).Bind(3, to)
        : session[OfDays + "SELECT days.day, campaign, creator, cell FROM days CROSS JOIN rollups r ON brand = ?1 AND r.day = days.day AND campaign IN (?4, '', '*')"]
            .Bind(1, brand).Bind(2, from).Bind(3, to).Bind(4, campaign);

    private static SqliteStatement BlockRows(SqliteSession session, string brand, int from, int to, string? campaign) => campaign is null
        ? session["SELECT first_day, campaign, creator, cell FROM rollup_blocks WHERE brand = ?1 AND first_day BETWEEN ?2 AND ?3"].Bind(1, brand).Bind(2, from).Bind(3, to)
        : session[OfDays + "SELECT days.day, campaign, creator, cell FROM days CROSS JOIN rollup_blocks r ON brand = ?1 AND r.first_day = days.day AND campaign IN (?4, '', '*')"]
            .Bind(1, brand).Bind(2, from).Bind(3, to).Bind(4, campaign);

    /// <summary>One by one, so that a campaign is sought on each and the others are passed over.</summary>
    private const string OfDays = "WITH RECURSIVE days (day) AS (SELECT ?2 WHERE ?2 <= ?3 UNION ALL SELECT day + 1 FROM days WHERE day < ?3) ";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<long[]>> TrendsAsync(
        string brand, IReadOnlyList<Placement> placements, DateOnly from, DateOnly to, bool byFortnight, Func<MeasureCell, long> number, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<long[]>>(
            session =>
            {
                var (first, cell) = (from.DayNumber, new MeasureCell());
                var parts = byFortnight ? StoredRollups.Span(from, to).ToList() : [new(RollupRows.Days, from, to)];
                var trends = new List<long[]>(placements.Count);
                foreach (var placement in placements)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var trend = new long[byFortnight ? RollupFortnight.Count(from, to) : to.DayNumber - first + 1];
                    foreach (var part in parts)
                    {
                        if (part.Rows == RollupRows.Blocks)
                            AddRows(session[EachDay + "SELECT each.day, cell FROM each CROSS JOIN rollup_blocks r ON brand = ?1 AND first_day = each.day AND campaign = ?4 AND creator = ?5"], part, RollupFortnight.Days);
                        else
                            AddRows(session[EachDay + "SELECT each.day, cell FROM each CROSS JOIN rollups r ON brand = ?1 AND r.day = each.day AND campaign = ?4 AND creator = ?5"], part, 1);
                    }
                    trends.Add(trend);

                    void AddRows(SqliteStatement rows, RollupPart part, int step)
                    {
                        rows.Bind(1, brand).Bind(2, part.First.DayNumber).Bind(3, part.Last.DayNumber).Bind(4, placement.Campaign).Bind(5, placement.Creator).Bind(6, step);
                        while (rows.Step())
                        {
                            cell.Values.Clear();
                            MeasureCodec.AddTo(cell, rows.Blob(1));
                            var day = (int)rows.Int64(0);
                            trend[byFortnight ? RollupFortnight.Count(from, DateOnly.FromDayNumber(day)) - 1 : day - first] += number(cell);
                        }
                    }
                }

                return trends;
            },
            cancellation);

    private const string EachDay = "WITH RECURSIVE each (day) AS (SELECT ?2 UNION ALL SELECT day + ?6 FROM each WHERE day + ?6 <= ?3) ";

    /// <summary>
    /// Adds changes to the rollups and to the sums that are kept of them. What comes to nothing is removed; but not a campaign's day, whose
    /// creators may come to nothing together only, and are found by it.
    /// </summary>
    private static void AddToRollups(SqliteSession session, MeasureSums changes, DocumentWriter documents)
    {
        foreach (var (key, change) in changes.Cells)
        {
            var cell = Stored(OfKey(session["SELECT cell FROM rollups WHERE brand = ? AND day = ? AND campaign = ? AND creator = ?"], key).Bind(4, key.Creator), change);
            if (cell.IsZero)
                OfKey(session["DELETE FROM rollups WHERE brand = ? AND day = ? AND campaign = ? AND creator = ?"], key).Bind(4, key.Creator).Run();
            else
                OfKey(session["INSERT INTO rollups (brand, day, campaign, creator, cell) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET cell = excluded.cell"], key)
                    .Bind(4, key.Creator).Bind(5, MeasureCodec.Encode(cell, documents)).Run();
        }

        foreach (var (key, change) in StoredRollups.CampaignDays(changes).Cells)
        {
            var cell = Stored(OfKey(session["SELECT cell FROM rollup_campaigns WHERE brand = ? AND day = ? AND campaign = ?"], key), change);
            OfKey(session["INSERT INTO rollup_campaigns (brand, day, campaign, cell) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET cell = excluded.cell"], key)
                .Bind(4, MeasureCodec.Encode(cell, documents)).Run();
        }

        foreach (var (key, change) in StoredRollups.Blocks(changes).Cells)
        {
            var cell = Stored(OfKey(session["SELECT cell FROM rollup_blocks WHERE brand = ? AND first_day = ? AND campaign = ? AND creator = ?"], key).Bind(4, key.Creator), change);
            if (cell.IsZero)
                OfKey(session["DELETE FROM rollup_blocks WHERE brand = ? AND first_day = ? AND campaign = ? AND creator = ?"], key).Bind(4, key.Creator).Run();
            else
                OfKey(session["INSERT INTO rollup_blocks (brand, first_day, campaign, creator, cell) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET cell = excluded.cell"], key)
                    .Bind(4, key.Creator).Bind(5, MeasureCodec.Encode(cell, documents)).Run();
        }
    }

    /// <summary>The cell that a statement selects, or an empty one, with a change.</summary>
    private static MeasureCell Stored(SqliteStatement select, MeasureCell change)
    {
        var cell = new MeasureCell();
        if (select.Step()) MeasureCodec.AddTo(cell, select.Blob(0));
        select.Reset();
        cell.Add(change);
        return cell;
    }

    private static SqliteStatement OfKey(SqliteStatement statement, in RollupKey key) =>
        statement.Bind(1, key.Brand).Bind(2, key.Day.DayNumber).Bind(3, key.Campaign);
}
