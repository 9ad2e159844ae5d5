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

    /// <summary>Inserts the next manifest of a brand. Its time is not before that of the last one.</summary>
    public static async Task InsertAsync(
        MongoSession session, MongoCollections collections, string brand, Timestamp at, MeasureSums sums,
        CancellationToken cancellation)
    {
        var last = await session.FirstAsync(
            collections.Manifests, new("brand", brand), cancellation, sort: new("number", -1),
            only: new() { { "number", 1 }, { "at", 1 } });
        var header = ManifestHeader.Next(last is null ? null : (last.Number("number"), last.Instant("at")), at, sums);
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
