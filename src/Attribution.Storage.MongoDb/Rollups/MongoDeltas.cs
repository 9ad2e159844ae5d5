using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Rollups;

/// <summary>Documents of deltas: changes of measures that wait to be folded into the rollups.</summary>
internal static class MongoDeltas
{
    /// <summary>Maximum number of cells in a delta: about 4 MiB if all their numbers are large.</summary>
    public const int MaxCells = 4_000;

    /// <summary>
    /// Converts sums to deltas, usually one per brand. A repair, or a change of many costs, may need several to keep
    /// each document small enough.
    /// </summary>
    public static List<BsonDocument> ToBson(MeasureSums sums, Timestamp at, DocumentWriter documents) =>
    [
        .. sums.Cells.Where(cell => !cell.Value.IsZero).GroupBy(cell => cell.Key.Brand, StringComparer.Ordinal)
            .SelectMany(brand => brand.Chunk(MaxCells).Select(cells => new BsonDocument
            {
                { "_id", ObjectId.GenerateNewId() }, { "brand", brand.Key }, { "at", at.UnixMilliseconds },
                { "sums", MeasureCodec.Encode(cells, documents) },
            })),
    ];

    /// <summary>
    /// Counts the oldest waiting deltas by brand, except those of some brands. The result is only a plan: the fold
    /// reads the deltas again in its transaction.
    /// </summary>
    public static async Task<List<(string Brand, int Count)>> CountOldestByBrandAsync(
        MongoSession session, MongoCollections collections, int limit, List<string> exceptBrands,
        CancellationToken cancellation)
    {
        var others = new BsonDocument("brand", new BsonDocument("$nin", new BsonArray(exceptBrands)));
        var oldest = await session.FindAsync(
            collections.Deltas, others, cancellation, sort: new("_id", 1), limit: limit, only: new("brand", 1));
        return
        [
            .. oldest.GroupBy(delta => delta.Text("brand"), StringComparer.Ordinal)
                .OrderBy(brand => brand.Key, StringComparer.Ordinal)
                .Select(brand => (brand.Key, brand.Count())),
        ];
    }

    /// <summary>Reads the time of the oldest delta; null if there is none.</summary>
    public static async Task<Timestamp?> ReadOldestAsync(
        MongoSession session, MongoCollections collections, CancellationToken cancellation) =>
        (await session.FirstAsync(collections.Deltas, [], cancellation, sort: new("_id", 1), only: new("at", 1)))?.Instant("at");
}
