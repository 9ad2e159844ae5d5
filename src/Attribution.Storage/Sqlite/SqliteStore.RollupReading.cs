using System.Runtime.CompilerServices;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;

namespace Attribution.Storage.Sqlite;

// Rollups as they stand or stood. What was folded after an instant stands in the manifests; taken away, the rollups of that instant remain.
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public async ValueTask<RollupReading> ReadAsync(string brand, DateOnly from, DateOnly to, Timestamp? asOf, CancellationToken cancellation)
    {
        // A look back takes as long as much was folded since, so it has a connection of its own and leaves its caller's thread.
        if (asOf is { } instant)
            return await Task.Run(() => database.ReadApart(session => Read(session, brand, from, to, instant, cancellation)), cancellation);
        return await database.ReadAsync(session => Read(session, brand, from, to, null, cancellation), cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>>> TotalsAsync(string brand, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>>>(
            session =>
            {
                // From day to day by the key, past the placements of each.
                var select = session[
                    "WITH RECURSIVE days (day) AS (SELECT MIN(day) FROM rollups WHERE brand = ?1 "
                    + "UNION ALL SELECT (SELECT MIN(day) FROM rollups WHERE brand = ?1 AND day > days.day) FROM days WHERE day IS NOT NULL) "
                    + "SELECT days.day, cell FROM days CROSS JOIN rollups ON brand = ?1 AND rollups.day = days.day AND campaign = ?2 AND creator = '' ORDER BY days.day"];
                select.Bind(1, brand).Bind(2, RollupKey.All);
                var totals = new List<KeyValuePair<DateOnly, MeasureCell>>();
                while (select.Step()) totals.Add(new(DateOnly.FromDayNumber((int)select.Int64(0)), MeasureCodec.DecodeCell(select.Blob(1))));
                return totals;
            },
            cancellation);

    private static RollupReading Read(SqliteSession session, string brand, DateOnly from, DateOnly to, Timestamp? asOf, CancellationToken cancellation)
    {
        var rows = StoredCells(session, brand, from, to, cancellation);
        var since = asOf is { } instant ? FoldedAfter(session, brand, from, to, instant, cancellation) : null;
        var closed = ClosedThrough(session, brand, asOf);
        return new RollupReading(
            since is null ? Unpack(rows, cancellation) : Unpack(Less(rows, since), cancellation), closed, asOf is null ? OldestDelta(session) : null);
    }

    /// <summary>Taken as they are stored, as of one moment, and unpacked as they are asked for: a slow caller holds no connection.</summary>
    private static List<(RollupKey Key, byte[] Cell)> StoredCells(SqliteSession session, string brand, DateOnly from, DateOnly to, CancellationToken cancellation)
    {
        var rows = new List<(RollupKey Key, byte[] Cell)>();
        var select = session["SELECT day, campaign, creator, cell FROM rollups WHERE brand = ? AND day BETWEEN ? AND ? ORDER BY day, campaign, creator"];
        select.Bind(1, brand).Bind(2, from.DayNumber).Bind(3, to.DayNumber);
        while (select.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            rows.Add((new RollupKey(brand, DateOnly.FromDayNumber((int)select.Int64(0)), select.Text(1), select.Text(2)), select.Blob(3).ToArray()));
        }
        return rows;
    }

    private static MeasureSums FoldedAfter(SqliteSession session, string brand, DateOnly from, DateOnly to, Timestamp instant, CancellationToken cancellation)
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

    /// <summary>The stored cells less what was folded since. What came to nothing since, and so is stored no more, is there again.</summary>
    private static IEnumerable<(RollupKey Key, MeasureCell Cell)> Less(List<(RollupKey Key, byte[] Cell)> rows, MeasureSums since)
    {
        var gone = since.Cells.Keys.ToHashSet();
        gone.ExceptWith(rows.Select(row => row.Key));
        return rows.Concat(gone.Select(key => (Key: key, Cell: Array.Empty<byte>())))
            .OrderBy(row => row.Key.Day).ThenBy(row => row.Key.Campaign, StringComparer.Ordinal).ThenBy(row => row.Key.Creator, StringComparer.Ordinal)
            .Select(row =>
            {
                var cell = row.Cell.Length == 0 ? new MeasureCell() : MeasureCodec.DecodeCell(row.Cell);
                if (since.Cells.TryGetValue(row.Key, out var change)) cell.Add(change, -1);
                return (row.Key, cell);
            })
            .Where(row => !row.cell.IsZero);
    }

    private static DateOnly? ClosedThrough(SqliteSession session, string brand, Timestamp? asOf)
    {
        var select = session["SELECT through FROM closed_days WHERE brand = ? AND at <= ? ORDER BY through DESC LIMIT 1"]
            .Bind(1, brand).Bind(2, asOf?.UnixMilliseconds ?? long.MaxValue);
        DateOnly? through = select.Step() ? DateOnly.FromDayNumber((int)select.Int64(0)) : null;
        select.Reset();
        return through;
    }

    private static Timestamp? OldestDelta(SqliteSession session)
    {
        var select = session["SELECT at FROM deltas ORDER BY seq LIMIT 1"];
        Timestamp? oldest = select.Step() ? new Timestamp(select.Int64(0)) : null;
        select.Reset();
        return oldest;
    }

    private static IAsyncEnumerable<KeyValuePair<RollupKey, MeasureCell>> Unpack(List<(RollupKey Key, byte[] Cell)> rows, CancellationToken cancellation) =>
        Unpack(rows.Select(row => (row.Key, MeasureCodec.DecodeCell(row.Cell))), cancellation);

    private static async IAsyncEnumerable<KeyValuePair<RollupKey, MeasureCell>> Unpack(
        IEnumerable<(RollupKey Key, MeasureCell Cell)> rows, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var (key, cell) in rows)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return new(key, cell);
        }
    }
}
