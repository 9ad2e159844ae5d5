using System.Runtime.CompilerServices;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite;

// Rollups as they stand or stood. What was folded after an instant stands in the manifests; taken away, the rollups of that instant remain.
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public async ValueTask<RollupReading> ReadRollupsAsync(string brand, DateOnly from, DateOnly to, Timestamp? asOf, CancellationToken cancellation)
    {
        // A look back takes as long as much was folded since, so it has a connection of its own and leaves its caller's thread.
        if (asOf is { } instant)
            return await Task.Run(() => database.ReadOnOwnConnection(session => ReadRollups(session, brand, from, to, instant, cancellation)), cancellation);
        return await database.ReadAsync(session => ReadRollups(session, brand, from, to, null, cancellation), cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>>> ReadTotalsAsync(string brand, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>>>(
            session =>
            {
                // From day to day by the key, past the placements of each.
                var select = session[
                    "WITH RECURSIVE days (day) AS (SELECT MIN(day) FROM rollups WHERE brand = ?1 "
                    + "UNION ALL SELECT (SELECT MIN(day) FROM rollups WHERE brand = ?1 AND day > days.day) FROM days WHERE day IS NOT NULL) "
                    + "SELECT days.day, cell FROM days CROSS JOIN rollups ON brand = ?1 AND rollups.day = days.day AND campaign = ?2 AND creator = '' ORDER BY days.day"];
                select.Bind(1, brand).Bind(2, RollupKey.TotalCampaign);
                var totals = new List<KeyValuePair<DateOnly, MeasureCell>>();
                while (select.Step()) totals.Add(new(DateOnly.FromDayNumber((int)select.Int64(0)), MeasureCodec.DecodeCell(select.Blob(1))));
                return totals;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<RollupState> ReadStateAsync(string brand, CancellationToken cancellation) =>
        database.ReadAsync(session => new RollupState(ReadLastManifest(session, brand), ReadClosedThrough(session, brand, asOf: null), ReadOldestDelta(session)), cancellation);

    private RollupReading ReadRollups(SqliteSession session, string brand, DateOnly from, DateOnly to, Timestamp? asOf, CancellationToken cancellation)
    {
        var since = asOf is { } instant ? SumFoldedAfter(session, brand, from, to, instant, cancellation) : new MeasureSums();
        var days = since.Cells.GroupBy(cell => cell.Key.Day).OrderBy(day => day.Key).Select(day => (day.Key, day.ToList()));
        return new RollupReading(
            ReadCellsAsync(brand, from, to, ReadLastManifest(session, brand), new(days), cancellation),
            ReadClosedThrough(session, brand, asOf), asOf is null ? ReadOldestDelta(session) : null);
    }

    /// <summary>
    /// A day at a time, each in a transaction of its own, less what was folded since the reading began: so all of it is as of that moment, a
    /// slow caller holds no connection, and what is held does not grow with the days.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="from">First day.</param>
    /// <param name="to">Last day.</param>
    /// <param name="manifest">The last manifest when the reading began.</param>
    /// <param name="since">What else is taken off, by day in order: what was folded between the instant asked for and that manifest.</param>
    /// <param name="reading">Stops the reading.</param>
    /// <param name="cancellation">Stops it too.</param>
    private async IAsyncEnumerable<KeyValuePair<RollupKey, MeasureCell>> ReadCellsAsync(
        string brand, DateOnly from, DateOnly to, long manifest, Queue<(DateOnly Day, List<KeyValuePair<RollupKey, MeasureCell>> Changes)> since,
        CancellationToken reading, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (DateOnly? next = from; next is { } first && first <= to;)
        {
            reading.ThrowIfCancellationRequested();
            cancellation.ThrowIfCancellationRequested();
            var (through, rows, changes) = await database.ReadAsync(
                session =>
                {
                    var through = FindNextDay(session, brand, first) is { } stored && stored < to ? stored : to;
                    return (through, ReadStoredCells(session, brand, through), SumFoldedAfterManifest(session, brand, first, through, manifest));
                },
                cancellation);
            while (since.TryPeek(out var day) && day.Day <= through)
                foreach (var (key, change) in since.Dequeue().Changes)
                    changes[key].Add(change);
            foreach (var cell in RollupLayout.SubtractFolds(rows, changes)) yield return cell;
            next = through < DateOnly.MaxValue ? through.AddDays(1) : null;
        }
    }

    private static long ReadLastManifest(SqliteSession session, string brand)
    {
        var select = session["SELECT MAX(number) FROM manifests WHERE brand = ?"].Bind(1, brand);
        select.Step();
        var number = select.Int64(0);
        select.Reset();
        return number;
    }

    /// <summary>The first day from one on that has rollups; null when none has.</summary>
    private static DateOnly? FindNextDay(SqliteSession session, string brand, DateOnly from)
    {
        var select = session["SELECT MIN(day) FROM rollups WHERE brand = ? AND day >= ?"].Bind(1, brand).Bind(2, from.DayNumber);
        select.Step();
        var day = select.Int64OrNull(0);
        select.Reset();
        return day is { } number ? DateOnly.FromDayNumber((int)number) : null;
    }

    private static List<(RollupKey Key, byte[] Cell)> ReadStoredCells(SqliteSession session, string brand, DateOnly day)
    {
        var rows = new List<(RollupKey Key, byte[] Cell)>();
        var select = session["SELECT campaign, creator, cell FROM rollups WHERE brand = ? AND day = ? ORDER BY campaign, creator"].Bind(1, brand).Bind(2, day.DayNumber);
        while (select.Step()) rows.Add((new RollupKey(brand, day, select.Text(0), select.Text(1)), select.Blob(2).ToArray()));
        return rows;
    }

    private static MeasureSums SumFoldedAfterManifest(SqliteSession session, string brand, DateOnly from, DateOnly to, long manifest)
    {
        var sums = new MeasureSums();
        var select = session["SELECT sums FROM manifests WHERE brand = ? AND number > ? AND first_day <= ? AND last_day >= ?"];
        select.Bind(1, brand).Bind(2, manifest).Bind(3, to.DayNumber).Bind(4, from.DayNumber);
        while (select.Step()) MeasureCodec.AddTo(sums, brand, select.Blob(0), from, to);
        return sums;
    }

    private static MeasureSums SumFoldedAfter(SqliteSession session, string brand, DateOnly from, DateOnly to, Timestamp instant, CancellationToken cancellation)
    {
        var sums = new MeasureSums();
        var select = session["SELECT sums FROM manifests WHERE brand = ? AND at > ? AND first_day <= ? AND last_day >= ?"];
        select.Bind(1, brand).Bind(2, instant.UnixMilliseconds).Bind(3, to.DayNumber).Bind(4, from.DayNumber);
        while (select.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            MeasureCodec.AddTo(sums, brand, select.Blob(0), from, to);
        }
        return sums.DropZeros();
    }

    private static DateOnly? ReadClosedThrough(SqliteSession session, string brand, Timestamp? asOf)
    {
        var select = session["SELECT through FROM closed_days WHERE brand = ? AND at <= ? ORDER BY through DESC LIMIT 1"]
            .Bind(1, brand).Bind(2, asOf?.UnixMilliseconds ?? long.MaxValue);
        DateOnly? through = select.Step() ? DateOnly.FromDayNumber((int)select.Int64(0)) : null;
        select.Reset();
        return through;
    }

    private static Timestamp? ReadOldestDelta(SqliteSession session)
    {
        var select = session["SELECT at FROM deltas ORDER BY seq LIMIT 1"];
        Timestamp? oldest = select.Step() ? new Timestamp(select.Int64(0)) : null;
        select.Reset();
        return oldest;
    }
}
