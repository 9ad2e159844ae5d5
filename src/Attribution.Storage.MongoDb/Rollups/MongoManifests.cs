using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rollups;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Rollups;

/// <summary>Manifests: the sums that each fold of a brand added, numbered from 1.</summary>
internal static class MongoManifests
{
    /// <summary>Reads the number of a brand's last manifest; 0 if there is none.</summary>
    public static async Task<long> ReadLastNumberAsync(
        MongoSession session, MongoCollections collections, string brand, CancellationToken cancellation) =>
        (await session.FirstAsync(
            collections.Manifests, new("brand", brand), cancellation, sort: new("number", -1), only: new("number", 1)))
        ?.Number("number") ?? 0;

    public static FoldManifestDocument FromBson(BsonDocument manifest)
    {
        var (brand, sums) = (manifest.Text("brand"), new MeasureSums());
        MeasureCodec.AddTo(sums, brand, manifest.Bytes("sums"));
        return new FoldManifestDocument(brand, manifest.Number("number"), manifest.Instant("at"), sums);
    }

    /// <summary>Reads the number and time of a brand's last manifest until a time (null: now); null if there is none.</summary>
    public static async Task<(long Number, Timestamp At)?> FindLastAsync(
        MongoSession session, MongoCollections collections, string brand, Timestamp? asOf,
        CancellationToken cancellation)
    {
        var filter = new BsonDocument("brand", brand);
        var only = new BsonDocument { { "number", 1 }, { "at", 1 } };
        if (asOf is { } instant)
        {
            var until = new BsonDocument(filter).Add("at", new BsonDocument("$lte", instant.UnixMilliseconds));
            if (await session.FirstAsync(collections.Manifests, until, cancellation, sort: new("at", -1), only: only)
                is not { } atOrBefore) return null;
            // Manifests of earlier builds can have the same time.
            filter.Add("at", atOrBefore["at"]);
        }
        var last = await session.FirstAsync(
            collections.Manifests, filter, cancellation, sort: new("number", -1), only: only);
        return last is null ? null : (last.Number("number"), last.Instant("at"));
    }

    /// <summary>Inserts the next manifest of a brand.</summary>
    public static async Task InsertAsync(
        MongoSession session, MongoCollections collections, string brand, Timestamp now, MeasureSums sums,
        CancellationToken cancellation)
    {
        var at = await MongoReportMoments.NextTimeAsync(session, collections, brand, now, cancellation);
        var header = ManifestHeader.After(
            await ReadLastNumberAsync(session, collections, brand, cancellation), at, sums);
        await session.InsertAsync(
            collections.Manifests,
            [
                new()
                {
                    { "brand", brand }, { "number", header.Number }, { "at", header.At.UnixMilliseconds },
                    { "firstDay", header.FirstDay.DayNumber }, { "lastDay", header.LastDay.DayNumber },
                    { "sums", MeasureCodec.Encode(sums.Cells, new DocumentWriter()) },
                },
            ],
            cancellation);
    }

    /// <summary>Adds up, for days of a brand, the sums that were folded after a time (exclusive).</summary>
    public static async Task<MeasureSums> SumAfterAsync(
        MongoSession session, MongoCollections collections, string brand, DateOnly from, DateOnly to, Timestamp after,
        CancellationToken cancellation)
    {
        var sums = new MeasureSums();
        var filter = new BsonDocument
        {
            { "brand", brand }, { "at", new BsonDocument("$gt", after.UnixMilliseconds) },
            { "firstDay", new BsonDocument("$lte", to.DayNumber) }, { "lastDay", new BsonDocument("$gte", from.DayNumber) },
        };
        await foreach (var manifest in session.StreamAsync(
            collections.Manifests, filter, null, null, null, cancellation))
            MeasureCodec.AddTo(sums, brand, manifest.Bytes("sums"), from, to);
        return sums.DropZeros();
    }
}
