using System.Text.Json;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Rollups;

/// <summary>The tables of deltas, rollups and sums of rollups, and the fold that moves deltas to the others.</summary>
/// <remarks>
/// A page sums many rollups: 120,000 for a month of 4,000 placements, 1.46 million for a year. So the transaction that
/// writes rollups also updates precomputed sums: of a campaign's day, and of a placement's fortnight and season. A query
/// reads whichever tables need the fewest rows.
/// </remarks>
internal static class SqliteRollupTable
{
    /// <summary>The number of days of a season.</summary>
    public static readonly int SeasonDays = RollupLayout.DaysPerRow(RollupTable.Seasons);

    /// <summary>The number of cells, about 20 MiB, after which a fold reads no further delta.</summary>
    private const int MaxCellsPerFold = 20_000;

    /// <summary>
    /// A table of the days ?2 to ?3 in steps of ?4, so that the index is searched once per day instead of scanned.
    /// </summary>
    private const string EachDayCte =
        "WITH RECURSIVE each (day) AS (SELECT ?2 WHERE ?2 <= ?3 UNION ALL SELECT day + ?4 FROM each WHERE day + ?4 <= ?3)";

    /// <summary>Returns the SQL name of a table.</summary>
    public static string TableName(RollupTable table) => table switch
    {
        RollupTable.Days => "rollups",
        RollupTable.Fortnights => "rollup_fortnights",
        RollupTable.Seasons => "rollup_seasons",
        RollupTable.CampaignDays => "rollup_campaigns",
        _ => throw new ArgumentOutOfRangeException(nameof(table), table, null),
    };

    /// <summary>Selects day, campaign, creator and cell of the rows of a scan.</summary>
    public static SqliteStatement SelectRows(SqliteSession session, string brand, in RollupScan scan) => scan switch
    {
        { Campaign: { } campaign, Creator: { } creator } => BindRange(
            session[
                $"{EachDayCte} SELECT each.day, campaign, creator, cell FROM each CROSS JOIN {TableName(scan.Table)} r "
                + "ON brand = ?1 AND r.day = each.day AND campaign = ?5 AND creator = ?6"],
            brand, scan).Bind(4, RollupLayout.DaysPerRow(scan.Table)).Bind(5, campaign).Bind(6, creator),
        { Campaign: { } campaign } => BindRange(
            session[
                $"{EachDayCte} SELECT each.day, campaign, creator, cell FROM each CROSS JOIN {TableName(scan.Table)} r "
                + "ON brand = ?1 AND r.day = each.day AND campaign IN (?5, '', '*')"],
            brand, scan).Bind(4, RollupLayout.DaysPerRow(scan.Table)).Bind(5, campaign),
        _ => BindRange(
            session[$"SELECT day, campaign, creator, cell FROM {TableName(scan.Table)} WHERE brand = ?1 AND day BETWEEN ?2 AND ?3"], brand, scan),
    };

    /// <summary>Binds brand, first and last day to the parameters 1 to 3.</summary>
    private static SqliteStatement BindRange(SqliteStatement statement, string brand, in RollupScan scan) =>
        statement.Bind(1, brand).Bind(2, scan.First.DayNumber).Bind(3, scan.Last.DayNumber);

    /// <summary>Binds a key to the parameters 1 to 4.</summary>
    public static SqliteStatement BindKey(SqliteStatement statement, in RollupKey key) =>
        statement.Bind(1, key.Brand).Bind(2, key.Day.DayNumber).Bind(3, key.Campaign).Bind(4, key.Creator);

    /// <summary>Reads the encoded rollups of a brand's day by campaign and creator (ordinal).</summary>
    public static List<(RollupKey Key, byte[] Cell)> ReadStoredCells(SqliteSession session, string brand, DateOnly day)
    {
        var rows = new List<(RollupKey Key, byte[] Cell)>();
        var select = session["SELECT campaign, creator, cell FROM rollups WHERE brand = ? AND day = ? ORDER BY campaign, creator"]
            .Bind(1, brand).Bind(2, day.DayNumber);
        while (select.Step())
            rows.Add((new RollupKey(brand, day, select.Text(0), select.Text(1)), select.Blob(2).ToArray()));
        return rows;
    }

    /// <summary>Inserts one delta per brand.</summary>
    public static void InsertDeltas(SqliteSession session, List<(string Brand, byte[] Sums)> deltas, Timestamp at)
    {
        var insert = session["INSERT INTO deltas (brand, at, sums) VALUES (?, ?, ?)"];
        foreach (var (brand, sums) in deltas) insert.Bind(1, brand).Bind(2, at.UnixMilliseconds).Bind(3, sums).Run();
    }

    /// <summary>Returns the time of the oldest delta of any brand; null if none waits.</summary>
    public static Timestamp? ReadOldestDelta(SqliteSession session)
    {
        var select = session["SELECT at FROM deltas ORDER BY seq LIMIT 1"];
        Timestamp? oldest = select.Step() ? select.Timestamp(0) : null;
        select.Reset();
        return oldest;
    }

    /// <summary>
    /// Counts the oldest waiting deltas by brand, except those of some brands. The result is only a plan: the fold
    /// reads the deltas again under the lock.
    /// </summary>
    public static List<(string Brand, int Count)> CountOldestDeltas(
        SqliteSession session, int limit, List<string> exceptBrands)
    {
        var brands = new List<(string, int)>();
        var select = session[
            "SELECT brand, COUNT(*) FROM (SELECT brand FROM deltas WHERE brand NOT IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?) "
            + "GROUP BY brand ORDER BY brand"]
            .Bind(1, JsonSerializer.Serialize(exceptBrands)).Bind(2, limit);
        while (select.Step()) brands.Add((select.Text(0), (int)select.Int64(1)));
        return brands;
    }

    /// <summary>
    /// Folds a brand's oldest deltas into its rollups: counts unmatched names, adds the other sums, writes a manifest
    /// and deletes the deltas.
    /// </summary>
    /// <returns>The number of folded deltas; 0 if none waited.</returns>
    public static int FoldBrand(SqliteSession session, string brand, int limit, Func<Timestamp> clock)
    {
        var sums = new MeasureSums();
        var folded = new List<long>();
        var deltas = session["SELECT seq, sums FROM deltas WHERE brand = ? ORDER BY seq LIMIT ?"]
            .Bind(1, brand).Bind(2, limit);
        while (sums.Cells.Count < MaxCellsPerFold && deltas.Step())
        {
            folded.Add(deltas.Int64(0));
            MeasureCodec.AddTo(sums, brand, deltas.Blob(1));
        }
        deltas.Reset();
        if (folded.Count == 0) return 0;
        sums.DropZeros();

        if (sums.Cells.Keys.Any(key => key.IsUnmatched)) SqliteUnmatchedTable.MoveFrom(session, sums);
        var documents = new DocumentWriter();
        AddToRollups(session, sums, documents);
        // Deltas that cancel out need no manifest.
        if (sums.Cells.Count > 0) InsertManifest(session, brand, clock(), sums, documents);
        var delete = session["DELETE FROM deltas WHERE seq = ?"];
        foreach (var seq in folded) delete.Bind(1, seq).Run();
        return folded.Count;
    }

    /// <summary>
    /// Adds changes to the rollups and to their precomputed sums. Rows that become zero are removed, except seasons:
    /// the days of a season may cancel out, and queries find them through the season.
    /// </summary>
    private static void AddToRollups(SqliteSession session, MeasureSums changes, DocumentWriter documents)
    {
        foreach (var table in RollupLayout.AllTables)
        {
            var select = $"SELECT cell FROM {TableName(table)} WHERE brand = ? AND day = ? AND campaign = ? AND creator = ?";
            foreach (var (key, change) in RollupLayout.ChangesFor(table, changes).Cells)
            {
                var cell = ReadAndAdd(BindKey(session[select], key), change);
                PutCell(session, table, key, cell.IsZero && table != RollupTable.Seasons ? null : cell, documents);
            }
        }
    }

    /// <summary>Replaces a stored cell; null removes it.</summary>
    public static void PutCell(
        SqliteSession session, RollupTable table, in RollupKey key, MeasureCell? cell, DocumentWriter documents)
    {
        if (cell is null)
            BindKey(session[$"DELETE FROM {TableName(table)} WHERE brand = ? AND day = ? AND campaign = ? AND creator = ?"], key).Run();
        else
            BindKey(
                session[
                    $"INSERT INTO {TableName(table)} (brand, day, campaign, creator, cell) VALUES (?, ?, ?, ?, ?) "
                    + "ON CONFLICT DO UPDATE SET cell = excluded.cell"],
                key).Bind(5, MeasureCodec.Encode(cell, documents)).Run();
    }

    /// <summary>Returns the selected cell, or an empty one, plus a change.</summary>
    private static MeasureCell ReadAndAdd(SqliteStatement select, MeasureCell change)
    {
        var cell = new MeasureCell();
        if (select.Step()) MeasureCodec.AddTo(cell, select.Blob(0));
        select.Reset();
        cell.Add(change);
        return cell;
    }

    /// <summary>Inserts the manifest of a fold.</summary>
    private static void InsertManifest(
        SqliteSession session, string brand, Timestamp now, MeasureSums sums, DocumentWriter documents)
    {
        var last = SqliteReportMoments.Read(session, brand, asOf: null);
        var header = ManifestHeader.After(last.LastFold, ReportChange.NextTime(last.ChangedAt, now), sums);
        session["INSERT INTO manifests (brand, number, at, first_day, last_day, sums) VALUES (?, ?, ?, ?, ?, ?)"]
            .Bind(1, brand).Bind(2, header.Number).Bind(3, header.At.UnixMilliseconds)
            .Bind(4, header.FirstDay.DayNumber).Bind(5, header.LastDay.DayNumber).Bind(6, MeasureCodec.Encode(sums.Cells, documents)).Run();
    }

    /// <summary>Sums a brand's current rollups for a query.</summary>
    public static MeasureSums Sum(
        SqliteSession session, string brand, RollupSumQuery query, CancellationToken cancellation)
    {
        var sums = new MeasureSums();
        foreach (var scan in RollupLayout.PlanScans(query).SelectMany(scan => SplitByCampaign(session, brand, scan)))
        {
            var rows = SelectRows(session, brand, scan);
            while (rows.Step())
            {
                cancellation.ThrowIfCancellationRequested();
                var key = new RollupKey(brand, rows.Day(0), rows.Text(1), rows.Text(2));
                MeasureCodec.AddTo(sums[RollupLayout.GroupKeyFor(query, scan, key)], rows.Blob(3), query.Models, scan.IsSubtracted);
            }
        }
        return sums.DropZeros();
    }

    /// <summary>
    /// Splits the scan of a creator in all campaigns into one scan per campaign. The campaigns are found in the table
    /// of seasons, because an index by creator would dirty one more page, anywhere in the file, for each row that a
    /// fold inserts.
    /// </summary>
    private static List<RollupScan> SplitByCampaign(SqliteSession session, string brand, RollupScan scan)
    {
        if (scan.Creator is not { } creator || scan.Campaign is not null) return [scan];
        // Seeks from season to season and from campaign to campaign by the primary key, skipping the creators of each.
        var select = session[
            EachDayCte
            + ", known (day, campaign) AS ("
            + "SELECT day, (SELECT MIN(campaign) FROM rollup_seasons s WHERE brand = ?1 AND s.day = each.day) FROM each UNION ALL "
            + "SELECT day, (SELECT MIN(campaign) FROM rollup_seasons s WHERE brand = ?1 AND s.day = known.day AND s.campaign > known.campaign) "
            + "FROM known WHERE campaign IS NOT NULL) "
            + "SELECT DISTINCT s.campaign FROM known CROSS JOIN rollup_seasons s "
            + "ON brand = ?1 AND s.day = known.day AND s.campaign = known.campaign AND creator = ?5"];
        var firstSeason = RollupLayout.RowKeyFor(RollupTable.Seasons, new(brand, scan.First, "", "")).Day;
        BindRange(select, brand, scan with { First = firstSeason }).Bind(4, SeasonDays).Bind(5, creator);
        var scans = new List<RollupScan>();
        while (select.Step()) scans.Add(scan with { Campaign = select.Text(0) });
        return scans;
    }
}
