using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Rollups;

/// <summary>The table of fold manifests.</summary>
internal static class SqliteManifestTable
{
    /// <summary>Returns the number of a brand's last fold; 0 if there is none.</summary>
    public static long ReadLastNumber(SqliteSession session, string brand) =>
        session["SELECT MAX(number) FROM manifests WHERE brand = ?"].Bind(1, brand).ReadSingleInt64();

    /// <summary>Sums the folds after a manifest over a range of days, both inclusive.</summary>
    public static MeasureSums SumAfter(SqliteSession session, string brand, DateOnly from, DateOnly to, long manifest)
    {
        var sums = new MeasureSums();
        var select = session["SELECT sums FROM manifests WHERE brand = ? AND number > ? AND first_day <= ? AND last_day >= ?"];
        select.Bind(1, brand).Bind(2, manifest).Bind(3, to.DayNumber).Bind(4, from.DayNumber);
        while (select.Step()) MeasureCodec.AddTo(sums, brand, select.Blob(0), from, to);
        return sums;
    }

    /// <summary>Sums the folds after a time (exclusive) over a range of days, both inclusive.</summary>
    public static MeasureSums SumAfter(
        SqliteSession session, string brand, DateOnly from, DateOnly to, Timestamp asOf, CancellationToken cancellation)
    {
        var sums = new MeasureSums();
        var select = session["SELECT sums FROM manifests WHERE brand = ? AND at > ? AND first_day <= ? AND last_day >= ?"];
        select.Bind(1, brand).Bind(2, asOf.UnixMilliseconds).Bind(3, to.DayNumber).Bind(4, from.DayNumber);
        while (select.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            MeasureCodec.AddTo(sums, brand, select.Blob(0), from, to);
        }
        return sums.DropZeros();
    }
}
