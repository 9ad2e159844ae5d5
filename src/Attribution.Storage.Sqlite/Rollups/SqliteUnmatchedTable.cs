using Attribution.Core.Rollups;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Rollups;

/// <summary>The table of unmatched names.</summary>
internal static class SqliteUnmatchedTable
{
    /// <summary>
    /// Adds the unmatched names of a fold to their counts and removes them from the fold. Counts that become zero are
    /// removed.
    /// </summary>
    public static void MoveFrom(SqliteSession session, MeasureSums sums)
    {
        var add = session[
            "INSERT INTO unmatched (brand, kind, name, day, count) VALUES (?, ?, ?, ?, ?) "
            + "ON CONFLICT (brand, kind, name, day) DO UPDATE SET count = count + excluded.count"];
        var drop = session["DELETE FROM unmatched WHERE brand = ? AND kind = ? AND name = ? AND day = ? AND count = 0"];
        foreach (var (key, cell) in sums.Cells.Where(cell => cell.Key.IsUnmatched).ToArray())
        {
            var kind = UnmatchedNames.KindOf(key);
            add.Bind(1, key.Brand).Bind(2, (int)kind).Bind(3, key.Creator).Bind(4, key.Day.DayNumber)
                .Bind(5, cell[UnmatchedNames.MeasureOf(kind)]).Run();
            drop.Bind(1, key.Brand).Bind(2, (int)kind).Bind(3, key.Creator).Bind(4, key.Day.DayNumber).Run();
            sums.Remove(key);
        }
    }

    /// <summary>Adds all counts to sums, under the keys of unmatched names.</summary>
    public static void AddTo(SqliteSession session, MeasureSums sums)
    {
        var select = session["SELECT brand, kind, name, day, count FROM unmatched"];
        while (select.Step())
        {
            var kind = (UnmatchedKind)select.Int64(1);
            var key = RollupKey.Unmatched(select.Text(0), select.Day(3), kind, select.Text(2));
            sums.Add(key, UnmatchedNames.MeasureOf(kind), select.Int64(4));
        }
    }
}
