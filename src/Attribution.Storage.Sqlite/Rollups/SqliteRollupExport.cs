using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;
using Attribution.Storage.Export;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Rollups;

/// <summary>
/// Pages of the incremental export of rollups. Folds are numbered under the write lock and manifests are never deleted,
/// so later folds always have greater numbers; a number can therefore serve as a cursor.
/// </summary>
internal static class SqliteRollupExport
{
    /// <summary>Reads the rollups of whole days after the day <paramref name="delivered"/>.</summary>
    public static RollupChanges ReadSnapshotPage(
        SqliteSession session, string brand, long manifest, long delivered, int limit, DateOnly? closed)
    {
        var changes = new List<KeyValuePair<RollupKey, MeasureCell?>>();
        while (changes.Count < limit)
        {
            var next = session["SELECT MIN(day) FROM rollups WHERE brand = ? AND day > ?"]
                .Bind(1, brand).Bind(2, delivered);
            next.Step();
            var found = next.Int64OrNull(0);
            next.Reset();
            if (found is not { } day)
                return new RollupChanges(changes, ExportCursor.Format(manifest), HasMore: true, closed);
            foreach (var (key, cell) in SqliteRollupTable.ReadStoredCells(session, brand, DateOnly.FromDayNumber((int)day)))
                changes.Add(new(key, MeasureCodec.DecodeCell(cell)));
            delivered = day;
        }

        return new RollupChanges(changes, ExportCursor.Format(manifest, delivered), HasMore: true, closed);
    }

    /// <summary>
    /// Reads the current values of the rollups that the folds after a manifest changed. Covers several folds at once,
    /// so that a rollup changed by all of them appears once.
    /// </summary>
    public static RollupChanges ReadChangesPage(
        SqliteSession session, string brand, long manifest, long last, int limit, DateOnly? closed)
    {
        var keys = new MeasureSums();
        var folds = session["SELECT number, sums FROM manifests WHERE brand = ? AND number > ? ORDER BY number"]
            .Bind(1, brand).Bind(2, manifest);
        while (keys.Cells.Count < limit && folds.Step())
        {
            manifest = folds.Int64(0);
            MeasureCodec.AddTo(keys, brand, folds.Blob(1));
        }
        folds.Reset();

        var changes = new List<KeyValuePair<RollupKey, MeasureCell?>>();
        foreach (var key in RollupLayout.Sort(keys.Cells.Keys))
        {
            var select = SqliteRollupTable.BindKey(
                session["SELECT cell FROM rollups WHERE brand = ? AND day = ? AND campaign = ? AND creator = ?"], key);
            changes.Add(new(key, select.Step() ? MeasureCodec.DecodeCell(select.Blob(0)) : null));
            select.Reset();
        }

        return new RollupChanges(changes, ExportCursor.Format(manifest), manifest < last, closed);
    }
}
