using System.Runtime.CompilerServices;
using Attribution.Core.Catalog;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Export;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Rollups;

/// <summary>Rollups in SQLite.</summary>
internal sealed class SqliteRollupStore(SqliteStoreContext context) : IRollupStore
{
    private readonly SqliteRollupStream stream = new(context.Database);

    /// <inheritdoc/>
    public ValueTask<int> FoldAsync(int limit, Func<Timestamp> clock, CancellationToken cancellation) =>
        RollupFolder.FoldAsync(
            limit,
            (count, exceptBrands) => context.Database.ReadAsync(
                session => SqliteRollupTable.CountOldestDeltas(session, count, exceptBrands), cancellation),
            (brand, count) => context.Database.WriteAsync(
                session => SqliteRollupTable.FoldBrand(session, brand, count, clock), cancellation));

    /// <inheritdoc/>
    public ValueTask<(long Count, Timestamp? Oldest)> ReadBacklogAsync(CancellationToken cancellation) =>
        context.Database.ReadAsync<(long, Timestamp?)>(
            session =>
            {
                var select = session["SELECT COUNT(*), (SELECT at FROM deltas ORDER BY seq LIMIT 1) FROM deltas"];
                select.Step();
                return (select.Int64(0), select.TimestampOrNull(1));
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask<RollupReading> ReadRollupsAsync(
        string brand, DateOnly from, DateOnly to, Timestamp? asOf, CancellationToken cancellation)
    {
        // For an earlier time the duration grows with the number of later folds, so the read uses its own connection
        // and thread.
        if (asOf is not null) return await Task.Run(() => context.Database.ReadOnOwnConnection(Read), cancellation);
        return await context.Database.ReadAsync(Read, cancellation);

        RollupReading Read(SqliteSession session) => stream.Read(session, brand, from, to, asOf, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RollupReading>> SumRollupsAsync(
        string brand, IReadOnlyList<RollupSumQuery> queries, Timestamp? asOf, CancellationToken cancellation)
    {
        // For an earlier time the duration grows with the number of later folds, so the read uses its own connection
        // and thread.
        if (asOf is not null) return await Task.Run(() => context.Database.ReadOnOwnConnection(Sum), cancellation);
        return await context.Database.ReadAsync(Sum, cancellation);

        IReadOnlyList<RollupReading> Sum(SqliteSession session)
        {
            var sums = (asOf is null ? queries : RollupAsOf.SelectModels(queries))
                .Select(query => SqliteRollupTable.Sum(session, brand, query, cancellation))
                .ToList();
            if (asOf is { } time && queries.Count > 0)
            {
                var (first, last) = RollupAsOf.FindSpan(queries);
                RollupAsOf.Subtract(queries, sums, SqliteManifestTable.SumAfter(session, brand, first, last, time, cancellation));
            }

            var moment = SqliteReportMoments.Read(session, brand, asOf);
            var waiting = asOf is null ? SqliteRollupTable.ReadOldestDelta(session) : null;
            return [.. sums.Select(sum => new RollupReading(RollupLayout.Sort(sum).ToAsyncEnumerable(), moment, waiting))];
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<long[]>> ReadTrendsAsync(
        string brand,
        IReadOnlyList<Placement> placements,
        DateOnly from,
        DateOnly to,
        bool byFortnight,
        Func<MeasureCell, long> number,
        CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<long[]>>(
            session =>
            {
                var (first, cell) = (from.DayNumber, new MeasureCell());
                var scans = byFortnight
                    ? RollupLayout.PlanSpan(from, to, longest: RollupTable.Fortnights).ToList()
                    : [new(RollupTable.Days, from, to)];
                var trends = new List<long[]>(placements.Count);
                foreach (var placement in placements)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var trend = new long[byFortnight ? RollupFortnight.CountBetween(from, to) : to.DayNumber - first + 1];
                    foreach (var scan in scans)
                    {
                        var rows = SqliteRollupTable.SelectRows(
                            session, brand, scan with { Campaign = placement.Campaign, Creator = placement.Creator });
                        while (rows.Step())
                        {
                            cell.Clear();
                            MeasureCodec.AddTo(cell, rows.Blob(3));
                            var day = rows.Day(0);
                            var slot = byFortnight ? RollupFortnight.CountBetween(from, day) - 1 : day.DayNumber - first;
                            trend[slot] += scan.IsSubtracted ? -number(cell) : number(cell);
                        }
                    }
                    trends.Add(trend);
                }

                return trends;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<RollupChanges> ReadChangesAsync(
        string brand, string? after, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var (manifest, day) = ExportCursor.ParseRollups(after);
        return context.Database.ReadAsync(
            session =>
            {
                var last = SqliteManifestTable.ReadLastNumber(session, brand);
                if (manifest > last) throw ExportCursor.AheadOfStore(after);
                var closed = SqliteClosingTable.ReadClosedThrough(session, brand, asOf: null);
                return day is { } delivered
                    ? SqliteRollupExport.ReadSnapshotPage(session, brand, manifest ?? last, delivered, limit, closed)
                    : SqliteRollupExport.ReadChangesPage(session, brand, manifest!.Value, last, limit, closed);
            },
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<RollupState> ReadStateAsync(string brand, Timestamp? asOf, CancellationToken cancellation) =>
        context.Database.ReadAsync(
            session => new RollupState(
                SqliteReportMoments.Read(session, brand, asOf),
                asOf is null ? SqliteRollupTable.ReadOldestDelta(session) : null),
            cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>>> ReadTotalsAsync(
        string brand, CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>>>(
            session =>
            {
                // Seeks from day to day by the primary key, skipping the placements of each.
                var select = session[
                    "WITH RECURSIVE days (day) AS (SELECT MIN(day) FROM rollups WHERE brand = ?1 "
                    + "UNION ALL SELECT (SELECT MIN(day) FROM rollups WHERE brand = ?1 AND day > days.day) "
                    + "FROM days WHERE day IS NOT NULL) "
                    + "SELECT days.day, cell FROM days CROSS JOIN rollups "
                    + "ON brand = ?1 AND rollups.day = days.day AND campaign = ?2 AND creator = '' ORDER BY days.day"];
                select.Bind(1, brand).Bind(2, RollupKey.TotalCampaign);
                var totals = new List<KeyValuePair<DateOnly, MeasureCell>>();
                while (select.Step()) totals.Add(new(select.Day(0), MeasureCodec.DecodeCell(select.Blob(1))));
                return totals;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<(IReadOnlyList<UnmatchedName> Names, string? Cursor)> ListUnmatchedAsync(
        string brand, UnmatchedKind? kind, string? cursor, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var (count, lastKind, lastName) = RollupLayout.ParseUnmatchedCursor(cursor);
        return context.Database.ReadAsync<(IReadOnlyList<UnmatchedName>, string?)>(
            session =>
            {
                var select = session[
                    "SELECT kind, name, SUM(count) AS total, MIN(day), MAX(day) FROM unmatched "
                    + "WHERE brand = ?1 AND (?2 IS NULL OR kind = ?2) "
                    + "GROUP BY kind, name HAVING total < ?3 OR (total = ?3 AND (kind, name) > (?4, ?5)) "
                    + "ORDER BY total DESC, kind, name LIMIT ?6"];
                select.Bind(1, brand).Bind(2, (long?)kind).Bind(3, count).Bind(4, lastKind).Bind(5, lastName).Bind(6, limit + 1L);
                var names = new List<UnmatchedName>();
                while (select.Step())
                {
                    if (names.Count == limit)
                    {
                        select.Reset();
                        return (names, RollupLayout.FormatUnmatchedCursor(names[^1]));
                    }
                    names.Add(new UnmatchedName(
                        (UnmatchedKind)select.Int64(0), select.Text(1), select.Int64(2), select.Day(3), select.Day(4)));
                }
                return (names, null);
            },
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<DateOnly?> ReadClosedThroughAsync(string brand, CancellationToken cancellation) =>
        context.Database.ReadAsync(session => SqliteClosingTable.ReadClosedThrough(session, brand, asOf: null), cancellation);

    /// <inheritdoc/>
    public ValueTask CloseDaysAsync(string brand, DateOnly through, Timestamp at, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                if (!DayClosing.IsNeeded(SqliteClosingTable.FindLast(session, brand, null)?.Through, through)) return;
                var time = SqliteReportMoments.NextTime(session, brand, at);
                while (SqliteRollupTable.FoldBrand(session, brand, int.MaxValue, () => time) > 0)
                {
                }
                // The folds and the closing become visible together, so the closing can have the time of the last fold.
                var folded = SqliteReportMoments.Read(session, brand, asOf: null).ChangedAt;
                SqliteClosingTable.Insert(session, brand, new(through, ReportChange.Latest(time, folded)!.Value));
            },
            cancellation);

    /// <inheritdoc/>
    public async IAsyncEnumerable<FoldManifestDocument> ReadManifestsAsync(
        string brand, Timestamp? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        const int ChunkSize = 256;
        // Manifests never change and their times never decrease, so chunks read separately are consistent.
        var last = 0L;
        while (true)
        {
            var manifests = await context.Database.ReadAsync(
                session =>
                {
                    var manifests = new List<FoldManifestDocument>(ChunkSize);
                    var select = session[
                        "SELECT number, at, sums FROM manifests WHERE brand = ?1 AND number > ?2 AND number >= "
                        + "(SELECT number FROM manifests WHERE brand = ?1 AND at > ?3 ORDER BY at, seq LIMIT 1) ORDER BY number LIMIT ?4"];
                    select.Bind(1, brand).Bind(2, last).Bind(3, after?.UnixMilliseconds ?? long.MinValue).Bind(4, ChunkSize);
                    while (select.Step())
                    {
                        var sums = new MeasureSums();
                        MeasureCodec.AddTo(sums, brand, select.Blob(2));
                        manifests.Add(new FoldManifestDocument(brand, select.Int64(0), select.Timestamp(1), sums));
                    }
                    return manifests;
                },
                cancellation);
            foreach (var manifest in manifests) yield return manifest;
            if (manifests.Count < ChunkSize) yield break;
            last = manifests[^1].Number;
        }
    }
}

/// <summary>The table of closed days.</summary>
internal static class SqliteClosingTable
{
    /// <summary>Returns the last day of a brand that was closed at a time (null: now); null if none was.</summary>
    public static DateOnly? ReadClosedThrough(SqliteSession session, string brand, Timestamp? asOf) =>
        FindLast(session, brand, asOf)?.Through;

    /// <summary>Returns the last closing of a brand until a time (null: now); null if there is none.</summary>
    public static DayClosing? FindLast(SqliteSession session, string brand, Timestamp? asOf)
    {
        var select = session["SELECT through, at FROM closed_days WHERE brand = ? AND at <= ? ORDER BY through DESC LIMIT 1"]
            .Bind(1, brand).Bind(2, asOf?.UnixMilliseconds ?? long.MaxValue);
        DayClosing? last = select.Step() ? new(select.Day(0), select.Timestamp(1)) : null;
        select.Reset();
        return last;
    }

    /// <summary>Inserts a closing.</summary>
    public static void Insert(SqliteSession session, string brand, DayClosing closing) =>
        session["INSERT INTO closed_days (brand, through, at) VALUES (?, ?, ?)"]
            .Bind(1, brand).Bind(2, closing.Through.DayNumber).Bind(3, closing.At.UnixMilliseconds).Run();
}

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
