using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rollups;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Rollups;

/// <summary>The changes that reports include, and their times. Both are read in the caller's transaction.</summary>
internal static class MongoReportMoments
{
    /// <summary>Reads the changes that the reports of a brand include, now (null) or as of a time.</summary>
    public static async Task<ReportMoment> ReadAsync(
        MongoSession session, MongoCollections collections, string brand, Timestamp? asOf,
        CancellationToken cancellation)
    {
        var closing = await MongoClosings.FindLastAsync(session, collections, brand, asOf, cancellation);
        var fold = await MongoManifests.FindLastAsync(session, collections, brand, asOf, cancellation);
        var write = await FindLastWriteAsync(session, collections, asOf, cancellation);
        var fittedAt = await FindLastFitAsync(session, collections, brand, asOf, cancellation);
        var version = asOf is null
            ? (await MongoMeta.ReadAsync(session, collections, cancellation)).Number("catalogVersion")
            : write?.Version ?? 0;
        return new(
            closing?.Through, fold?.Number ?? 0, version, ReportChange.Latest(closing?.At, fold?.At, write?.At, fittedAt));
    }

    /// <summary>
    /// Returns the time of a change of a brand's reports. Of two transactions that do so at once, the second is
    /// restarted, so that their times have the order of their commits.
    /// </summary>
    public static async Task<Timestamp> NextTimeAsync(
        MongoSession session, MongoCollections collections, string brand, Timestamp now, CancellationToken cancellation)
    {
        await session.UpdateAsync(
            collections.Meta, MongoMeta.ReportsFilter, new("$inc", new BsonDocument("changes", 1L)), cancellation);
        return ReportChange.NextTime((await ReadAsync(session, collections, brand, null, cancellation)).ChangedAt, now);
    }

    /// <summary>Returns the time of a change of the catalog, in the same way.</summary>
    public static async Task<Timestamp> NextTimeAsync(
        MongoSession session, MongoCollections collections, Timestamp now, CancellationToken cancellation)
    {
        var brands = await session.FindAsync(
            collections.Items, new("kind", (int)CatalogKind.Brands), cancellation, only: new("id", 1));
        foreach (var brand in brands)
            now = await NextTimeAsync(session, collections, brand.Text("id"), now, cancellation);
        return now;
    }

    private static async Task<(long Version, Timestamp At)?> FindLastWriteAsync(
        MongoSession session, MongoCollections collections, Timestamp? asOf, CancellationToken cancellation)
    {
        var filter = asOf is { } time ? new BsonDocument("at", new BsonDocument("$lte", time.UnixMilliseconds)) : [];
        var last = await session.FirstAsync(
            collections.History, filter, cancellation, sort: new("_id", -1), only: new() { { "version", 1 }, { "at", 1 } });
        return last is null ? null : (last.Number("version"), last.Instant("at"));
    }

    private static async Task<Timestamp?> FindLastFitAsync(
        MongoSession session, MongoCollections collections, string brand, Timestamp? asOf, CancellationToken cancellation)
    {
        await foreach (var fit in session.StreamAsync(
            collections.Fits, new("brand", brand), new("number", -1), null, null, cancellation))
            if (FitCodec.DecodeTime(fit.Bytes("fit")) is var fittedAt && !(fittedAt > asOf))
                return fittedAt;
        return null;
    }
}
