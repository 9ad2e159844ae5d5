using System.Runtime.CompilerServices;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Rollups;

/// <summary>Streaming reads of a brand's rollups, current or as of an earlier time.</summary>
internal sealed class SqliteRollupStream(SqliteDatabase database)
{
    /// <summary>
    /// Starts a read of the rollups of some days, both inclusive, as they are now (null) or were at a time.
    /// </summary>
    public RollupReading Read(
        SqliteSession session,
        string brand,
        DateOnly from,
        DateOnly to,
        Timestamp? asOf,
        CancellationToken cancellation)
    {
        var since = asOf is { } time ? SqliteManifestTable.SumAfter(session, brand, from, to, time, cancellation) : new MeasureSums();
        var days = since.Cells.GroupBy(cell => cell.Key.Day).OrderBy(day => day.Key).Select(day => (day.Key, day.ToList()));
        return new RollupReading(
            ReadCellsAsync(brand, from, to, SqliteManifestTable.ReadLastNumber(session, brand), new(days), cancellation),
            SqliteReportMoments.Read(session, brand, asOf),
            asOf is null ? SqliteRollupTable.ReadOldestDelta(session) : null);
    }

    /// <summary>
    /// Reads one day per transaction and subtracts the folds since the read began. The result is therefore as of
    /// that moment, a slow caller blocks no connection, and the memory does not grow with the number of days.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="from">The first day, inclusive.</param>
    /// <param name="to">The last day, inclusive.</param>
    /// <param name="manifest">The number of the last manifest when the read began.</param>
    /// <param name="since">
    /// The folds between the requested time and that manifest, by day; also subtracted.
    /// </param>
    /// <param name="reading">Cancels the read.</param>
    /// <param name="cancellation">Cancels the enumeration.</param>
    private async IAsyncEnumerable<KeyValuePair<RollupKey, MeasureCell>> ReadCellsAsync(
        string brand,
        DateOnly from,
        DateOnly to,
        long manifest,
        Queue<(DateOnly Day, List<KeyValuePair<RollupKey, MeasureCell>> Changes)> since,
        CancellationToken reading,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (DateOnly? next = from; next is { } first && first <= to;)
        {
            reading.ThrowIfCancellationRequested();
            cancellation.ThrowIfCancellationRequested();
            var (through, rows, changes) = await database.ReadAsync(
                session =>
                {
                    var through = FindNextDay(session, brand, first) is { } stored && stored < to ? stored : to;
                    return (
                        through,
                        SqliteRollupTable.ReadStoredCells(session, brand, through),
                        SqliteManifestTable.SumAfter(session, brand, first, through, manifest));
                },
                cancellation);
            while (since.TryPeek(out var day) && day.Day <= through)
                foreach (var (key, change) in since.Dequeue().Changes)
                    changes[key].Add(change);
            foreach (var cell in RollupLayout.SubtractFolds(rows, changes)) yield return cell;
            next = through < DateOnly.MaxValue ? through.AddDays(1) : null;
        }
    }

    /// <summary>Returns the first day on or after a day that has rollups; null if there is none.</summary>
    private static DateOnly? FindNextDay(SqliteSession session, string brand, DateOnly from)
    {
        var select = session["SELECT MIN(day) FROM rollups WHERE brand = ? AND day >= ?"]
            .Bind(1, brand).Bind(2, from.DayNumber);
        select.Step();
        var day = select.Int64OrNull(0);
        select.Reset();
        return day is { } number ? DateOnly.FromDayNumber((int)number) : null;
    }
}
