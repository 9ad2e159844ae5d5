using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;
using Attribution.Storage.Export;
using Attribution.Storage.Ledger;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite;

// Who keeps a copy asks from where it stands. Lines of the ledger and manifests of folds are numbered under the write lock and never go, so that what
// is committed later has the greater number: a number is a place that nothing is written before.
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public ValueTask<LedgerPage> ReadLedgerPageAsync(string brand, string? after, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var from = after is null ? 0 : ExportCursor.ParseNumber(after);
        return database.ReadAsync(
            session =>
            {
                var last = ReadInt64(session["SELECT MAX(seq) FROM ledger"]);
                if (from > last) throw ExportCursor.AheadOfStore(after);
                var lines = new List<NumberedLedgerEntry>();
                // The plus keeps SQLite from sorting all lines of the brand for each page.
                var select = session[LedgerColumns + ", seq, restates FROM ledger WHERE seq > ?1 AND +brand = ?2 ORDER BY seq LIMIT ?3"]
                    .Bind(1, from).Bind(2, brand).Bind(3, limit);
                while (select.Step())
                    lines.Add(new NumberedLedgerEntry(
                        select.Int64(11), ReadLine(select, brand), (select.Int64(12) & (int)RestatedDay.OrderDay) != 0, (select.Int64(12) & (int)RestatedDay.EntryDay) != 0));
                // What is of other brands is behind the reader as well.
                var isWhole = lines.Count < limit;
                return new LedgerPage(lines, ExportCursor.Format(isWhole ? last : lines[^1].Number), !isWhole);
            },
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<RollupChanges> ReadChangesAsync(string brand, string? after, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var (manifest, day) = ExportCursor.ParseRollups(after);
        return database.ReadAsync(
            session =>
            {
                var last = ReadLastManifest(session, brand);
                if (manifest > last) throw ExportCursor.AheadOfStore(after);
                var closed = ReadClosedThrough(session, brand, asOf: null);
                return day is { } delivered ? ReadSnapshotPage(session, brand, manifest ?? last, delivered, limit, closed) : ReadChangesPage(session, brand, manifest!.Value, last, limit, closed);
            },
            cancellation);
    }

    /// <summary>The rollups of the days after one, whole days at a time.</summary>
    private static RollupChanges ReadSnapshotPage(SqliteSession session, string brand, long manifest, long delivered, int limit, DateOnly? closed)
    {
        var changes = new List<KeyValuePair<RollupKey, MeasureCell?>>();
        while (changes.Count < limit)
        {
            var next = session["SELECT MIN(day) FROM rollups WHERE brand = ? AND day > ?"].Bind(1, brand).Bind(2, delivered);
            next.Step();
            var found = next.Int64OrNull(0);
            next.Reset();
            if (found is not { } day) return new RollupChanges(changes, ExportCursor.Format(manifest), HasMore: true, closed);
            foreach (var (key, cell) in ReadStoredCells(session, brand, DateOnly.FromDayNumber((int)day))) changes.Add(new(key, MeasureCodec.DecodeCell(cell)));
            delivered = day;
        }

        return new RollupChanges(changes, ExportCursor.Format(manifest, delivered), HasMore: true, closed);
    }

    /// <summary>What the folds after one changed, as it stands now; several folds at a time, so that a rollup that all of them changed comes once.</summary>
    private static RollupChanges ReadChangesPage(SqliteSession session, string brand, long manifest, long last, int limit, DateOnly? closed)
    {
        var keys = new MeasureSums();
        var folds = session["SELECT number, sums FROM manifests WHERE brand = ? AND number > ? ORDER BY number"].Bind(1, brand).Bind(2, manifest);
        while (keys.Cells.Count < limit && folds.Step())
        {
            manifest = folds.Int64(0);
            MeasureCodec.AddTo(keys, brand, folds.Blob(1));
        }
        folds.Reset();

        var changes = new List<KeyValuePair<RollupKey, MeasureCell?>>();
        foreach (var key in keys.Cells.Keys.OrderBy(key => key.Day).ThenBy(key => key.Campaign, StringComparer.Ordinal).ThenBy(key => key.Creator, StringComparer.Ordinal))
        {
            var select = BindKey(session["SELECT cell FROM rollups WHERE brand = ? AND day = ? AND campaign = ? AND creator = ?"], key).Bind(4, key.Creator);
            changes.Add(new(key, select.Step() ? MeasureCodec.DecodeCell(select.Blob(0)) : null));
            select.Reset();
        }

        return new RollupChanges(changes, ExportCursor.Format(manifest), manifest < last, closed);
    }

    private static long ReadInt64(SqliteStatement select)
    {
        select.Step();
        var number = select.Int64(0);
        select.Reset();
        return number;
    }
}
