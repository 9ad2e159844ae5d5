using Attribution.Core.Rollups;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite;

// Names that matched nothing travel in the deltas as keys of their own, and are parted from the rollups when they are folded.
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public ValueTask<(IReadOnlyList<UnmatchedName> Names, string? Cursor)> ListUnmatchedAsync(
        string brand, UnmatchedKind? kind, string? cursor, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var (count, lastKind, lastName) = RollupLayout.ParseUnmatchedCursor(cursor);
        return database.ReadAsync<(IReadOnlyList<UnmatchedName>, string?)>(
            session =>
            {
                var select = session[
                    "SELECT kind, name, SUM(count) AS total, MIN(day), MAX(day) FROM unmatched WHERE brand = ?1 AND (?2 IS NULL OR kind = ?2) "
                    + "GROUP BY kind, name HAVING total < ?3 OR (total = ?3 AND (kind, name) > (?4, ?5)) ORDER BY total DESC, kind, name LIMIT ?6"];
                select.Bind(1, brand).Bind(3, count).Bind(4, lastKind).Bind(5, lastName).Bind(6, limit + 1L);
                _ = kind is { } one ? select.Bind(2, (int)one) : select.BindNull(2);
                var names = new List<UnmatchedName>();
                while (select.Step())
                {
                    if (names.Count == limit)
                    {
                        select.Reset();
                        return (names, RollupLayout.FormatUnmatchedCursor(names[^1]));
                    }
                    names.Add(new UnmatchedName(
                        (UnmatchedKind)select.Int64(0), select.Text(1), select.Int64(2),
                        DateOnly.FromDayNumber((int)select.Int64(3)), DateOnly.FromDayNumber((int)select.Int64(4))));
                }
                return (names, null);
            },
            cancellation);
    }

    /// <summary>Counts the unmatched names of a fold, and takes them out of it. A count that comes to nothing is removed.</summary>
    private static void CountUnmatched(SqliteSession session, MeasureSums sums)
    {
        var add = session[
            "INSERT INTO unmatched (brand, kind, name, day, count) VALUES (?, ?, ?, ?, ?) "
            + "ON CONFLICT (brand, kind, name, day) DO UPDATE SET count = count + excluded.count"];
        var drop = session["DELETE FROM unmatched WHERE brand = ? AND kind = ? AND name = ? AND day = ? AND count = 0"];
        foreach (var (key, cell) in sums.Cells.Where(cell => cell.Key.IsUnmatched).ToArray())
        {
            var kind = UnmatchedNames.KindOf(key);
            add.Bind(1, key.Brand).Bind(2, (int)kind).Bind(3, key.Creator).Bind(4, key.Day.DayNumber).Bind(5, cell[UnmatchedNames.MeasureOf(kind)]).Run();
            drop.Bind(1, key.Brand).Bind(2, (int)kind).Bind(3, key.Creator).Bind(4, key.Day.DayNumber).Run();
            sums.Remove(key);
        }
    }

    private static void AddUnmatched(SqliteSession session, MeasureSums sums)
    {
        var select = session["SELECT brand, kind, name, day, count FROM unmatched"];
        while (select.Step())
        {
            var kind = (UnmatchedKind)select.Int64(1);
            sums.Add(
                RollupKey.Unmatched(select.Text(0), DateOnly.FromDayNumber((int)select.Int64(3)), kind, select.Text(2)), UnmatchedNames.MeasureOf(kind), select.Int64(4));
        }
    }
}
