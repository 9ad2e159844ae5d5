using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite;

// The sums that are kept beside the rollups, held against them: a season of a brand at a time, so that nobody waits for long.
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public async ValueTask<int> RepairSumsAsync(CancellationToken cancellation)
    {
        var seasons = await database.ReadAsync(
            session =>
            {
                var found = new List<(string Brand, int First)>();
                var select = session[string.Join(" UNION ", RollupLayout.AllTables.Select(rows => $"SELECT DISTINCT brand, day - day % {SeasonDays} FROM {TableName(rows)}"))];
                while (select.Step()) found.Add((select.Text(0), (int)select.Int64(1)));
                return found;
            },
            cancellation);
        var mended = 0;
        foreach (var (brand, first) in seasons)
        {
            cancellation.ThrowIfCancellationRequested();
            // Looked at first, so that writers wait for those alone where something is wrong.
            if (await database.ReadAsync(session => FindWrongSums(session, brand, first).Count > 0, cancellation))
                mended += await database.WriteAsync(session => RepairSums(session, FindWrongSums(session, brand, first)), cancellation);
        }

        return mended;
    }

    private static readonly int SeasonDays = RollupLayout.DaysPerRow(RollupTable.Seasons);

    /// <summary>The kept sums of a season that do not equal their rollups, with what they should be; null: there should be none.</summary>
    private static List<(RollupTable Rows, RollupKey Key, MeasureCell? Right)> FindWrongSums(SqliteSession session, string brand, int first)
    {
        var right = RollupLayout.AllTables.Where(rows => rows != RollupTable.Days).Select(rows => (Rows: rows, Sums: new MeasureSums())).ToList();
        foreach (var (key, cell) in Cells(RollupTable.Days))
            foreach (var (rows, sums) in right)
                sums[RollupLayout.RowKeyFor(rows, key)].Add(cell);

        var wrong = new List<(RollupTable, RollupKey, MeasureCell?)>();
        foreach (var (rows, sums) in right)
        {
            // A season stays though its days come to nothing together, and though they are gone.
            var mayBeZero = rows == RollupTable.Seasons;
            if (!mayBeZero) sums.DropZeros();
            foreach (var (key, cell) in Cells(rows))
            {
                var isThere = sums.Cells.ContainsKey(key);
                if (isThere ? !cell.Values.SequenceEqual(sums[key].Values) : !(mayBeZero && cell.IsZero)) wrong.Add((rows, key, isThere ? sums[key] : mayBeZero ? new() : null));
                sums.Remove(key);
            }

            wrong.AddRange(sums.Cells.Select(missing => (rows, missing.Key, (MeasureCell?)missing.Value)));
        }
        return wrong;

        IEnumerable<(RollupKey Key, MeasureCell Cell)> Cells(RollupTable rows)
        {
            var part = new RollupScan(rows, DateOnly.FromDayNumber(first), DateOnly.FromDayNumber(Math.Min(first + SeasonDays - 1, DateOnly.MaxValue.DayNumber)));
            var stored = SelectRows(session, brand, part);
            while (stored.Step())
                yield return (new RollupKey(brand, DateOnly.FromDayNumber((int)stored.Int64(0)), stored.Text(1), stored.Text(2)), MeasureCodec.DecodeCell(stored.Blob(3)));
        }
    }

    private static int RepairSums(SqliteSession session, List<(RollupTable Rows, RollupKey Key, MeasureCell? Right)> wrong)
    {
        var documents = new DocumentWriter();
        foreach (var (rows, key, right) in wrong) PutCell(session, rows, key, right, documents);
        return wrong.Count;
    }
}
