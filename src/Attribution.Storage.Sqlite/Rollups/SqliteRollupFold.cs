using System.Text.Json;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Database;
using static Attribution.Storage.Sqlite.Rollups.SqliteRollupTable;

namespace Attribution.Storage.Sqlite.Rollups;

/// <summary>The table of waiting deltas, and their fold into the rollups, brand by brand.</summary>
internal static class SqliteRollupFold
{
    /// <summary>The number of cells, about 20 MiB, after which a fold reads no further delta.</summary>
    private const int MaxCellsPerFold = 20_000;

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
    public static int FoldBrand(SqliteSession session, string brand, int limit, Timestamp at)
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
        if (sums.Cells.Count > 0) InsertManifest(session, brand, at, sums, documents);
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

    /// <summary>Inserts the manifest of a fold. Its time is never before that of the previous one.</summary>
    private static void InsertManifest(
        SqliteSession session, string brand, Timestamp at, MeasureSums sums, DocumentWriter documents)
    {
        var last = session["SELECT number, at FROM manifests WHERE brand = ? ORDER BY number DESC LIMIT 1"]
            .Bind(1, brand);
        var previous = last.Step() ? (last.Int64(0), last.Timestamp(1)) : ((long, Timestamp)?)null;
        last.Reset();
        var header = ManifestHeader.Next(previous, at, sums);
        session["INSERT INTO manifests (brand, number, at, first_day, last_day, sums) VALUES (?, ?, ?, ?, ?, ?)"]
            .Bind(1, brand).Bind(2, header.Number).Bind(3, header.At.UnixMilliseconds)
            .Bind(4, header.FirstDay.DayNumber).Bind(5, header.LastDay.DayNumber).Bind(6, MeasureCodec.Encode(sums.Cells, documents)).Run();
    }
}
