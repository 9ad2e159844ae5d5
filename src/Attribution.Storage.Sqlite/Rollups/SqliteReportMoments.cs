using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Rollups;

/// <summary>The changes that reports include, and their times. Both are read in the caller's transaction.</summary>
internal static class SqliteReportMoments
{
    /// <summary>Returns the changes that the reports of a brand include, now (null) or as of a time.</summary>
    public static ReportMoment Read(SqliteSession session, string brand, Timestamp? asOf)
    {
        var closing = SqliteClosingTable.FindLast(session, brand, asOf);
        var fold = FindLastFold(session, brand, asOf);
        var write = FindLastWrite(session, asOf);
        return new(
            closing?.Through,
            fold?.Number ?? 0,
            asOf is null ? SqliteMeta.ReadCatalogVersion(session) : write?.Version ?? 0,
            ReportChange.Latest(closing?.At, fold?.At, write?.At, FindLastFit(session, brand, asOf)));
    }

    /// <summary>Returns the time of a change of a brand's reports. The transaction must hold the write lock.</summary>
    public static Timestamp NextTime(SqliteSession session, string brand, Timestamp now) =>
        ReportChange.NextTime(Read(session, brand, asOf: null).ChangedAt, now);

    /// <summary>Returns the time of a change of the catalog. The transaction must hold the write lock.</summary>
    public static Timestamp NextTime(SqliteSession session, Timestamp now) =>
        ReadBrands(session).Aggregate(now, (time, brand) => NextTime(session, brand, time));

    /// <summary>Returns the number and time of a brand's last fold until a time (null: now); null if there is none.</summary>
    private static (long Number, Timestamp At)? FindLastFold(SqliteSession session, string brand, Timestamp? asOf)
    {
        var select = session["SELECT number, at FROM manifests WHERE brand = ? AND at <= ? ORDER BY at DESC, number DESC LIMIT 1"]
            .Bind(1, brand).Bind(2, asOf?.UnixMilliseconds ?? long.MaxValue);
        (long, Timestamp)? last = select.Step() ? (select.Int64(0), select.Timestamp(1)) : null;
        select.Reset();
        return last;
    }

    /// <summary>Returns the time of the last fit of a brand until a time (null: now); null if there is none.</summary>
    private static Timestamp? FindLastFit(SqliteSession session, string brand, Timestamp? asOf)
    {
        var select = session["SELECT doc FROM fits WHERE brand = ? ORDER BY number DESC"].Bind(1, brand);
        Timestamp? last = null;
        while (last is null && select.Step())
            if (FitCodec.DecodeTime(select.Blob(0)) is var fittedAt && !(fittedAt > asOf))
                last = fittedAt;
        select.Reset();
        return last;
    }

    /// <summary>Returns the version and time of the last write of an item until a time (null: now); null if there is none.</summary>
    private static (long Version, Timestamp At)? FindLastWrite(SqliteSession session, Timestamp? asOf)
    {
        var select = session["SELECT version, at FROM catalog_history WHERE at <= ? ORDER BY seq DESC LIMIT 1"]
            .Bind(1, asOf?.UnixMilliseconds ?? long.MaxValue);
        (long, Timestamp)? last = select.Step() ? (select.Int64(0), select.Timestamp(1)) : null;
        select.Reset();
        return last;
    }

    /// <summary>Reads the ids of all brands.</summary>
    private static List<string> ReadBrands(SqliteSession session)
    {
        var brands = new List<string>();
        var select = session["SELECT id FROM catalog_items WHERE kind = ?"].Bind(1, (int)CatalogKind.Brands);
        while (select.Step()) brands.Add(select.Text(0));
        return brands;
    }
}
