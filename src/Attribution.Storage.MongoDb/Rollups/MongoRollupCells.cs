using System.Globalization;
using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rollups;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Rollups;

/// <summary>
/// Documents of rollups and of the sums that every store keeps of them: per campaign and day, and per placement and
/// fortnight or season. All have the same form, and the transaction of a fold writes them together.
/// </summary>
internal static class MongoRollupCells
{
    public static IMongoCollection<BsonDocument> CollectionFor(MongoCollections collections, RollupTable table) => table switch
    {
        RollupTable.Days => collections.RollupCells,
        RollupTable.Fortnights => collections.Fortnights,
        RollupTable.Seasons => collections.Seasons,
        RollupTable.CampaignDays => collections.CampaignDays,
        _ => throw new ArgumentOutOfRangeException(nameof(table), table, null),
    };

    /// <summary>Creates a filter for the days of a brand, both inclusive.</summary>
    public static BsonDocument DayRangeFilter(string brand, DateOnly from, DateOnly to) =>
        new() { { "brand", brand }, { "day", new BsonDocument { { "$gte", from.DayNumber }, { "$lte", to.DayNumber } } } };

    /// <summary>Returns the id of a document. Ids of brands, campaigns and creators contain no blank.</summary>
    public static string IdOf(in RollupKey key) =>
        string.Create(CultureInfo.InvariantCulture, $"{key.Brand} {key.Day.DayNumber} {key.Campaign} {key.Creator}");

    public static RollupKey KeyFromBson(BsonDocument rollup) =>
        new(rollup.Text("brand"), rollup.Day("day"), rollup.Text("campaign"), rollup.Text("creator"));

    public static MeasureCell CellFromBson(BsonDocument rollup) => MeasureCodec.DecodeCell(rollup.Bytes("cell"));

    /// <summary>Adds changes to rollups, or to sums of them. Cells that become zero are deleted.</summary>
    public static async Task AddAsync(
        MongoSession session, IMongoCollection<BsonDocument> rollups, string brand, MeasureSums changes,
        CancellationToken cancellation)
    {
        var documents = new DocumentWriter();
        foreach (var chunk in changes.Cells.Chunk(1_000))
        {
            var days = chunk.Select(pair => pair.Key.Day.DayNumber).Distinct();
            var filter = new BsonDocument
            {
                { "brand", brand }, { "day", BsonValues.MatchAny(days.Select(day => (BsonValue)day)) },
                { "_id", BsonValues.MatchAny(chunk.Select(pair => (BsonValue)IdOf(pair.Key))) },
            };
            var cells = (await session.FindAsync(rollups, filter, cancellation)).ToDictionary(KeyFromBson, CellFromBson);
            var writes = new List<WriteModel<BsonDocument>>(chunk.Length);
            foreach (var (key, change) in chunk)
            {
                var cell = cells.GetValueOrDefault(key) ?? new MeasureCell();
                cell.Add(change);
                writes.Add(ToWrite(key, cell, documents));
            }
            await session.WriteAsync(rollups, [.. writes.OrderBy(write => write.ModelType)], cancellation);
        }
    }

    private static WriteModel<BsonDocument> ToWrite(in RollupKey key, MeasureCell cell, DocumentWriter documents)
    {
        var id = new BsonDocument { { "_id", IdOf(key) }, { "brand", key.Brand }, { "day", key.Day.DayNumber } };
        if (cell.IsZero) return new DeleteOneModel<BsonDocument>(id);
        var rollup = new BsonDocument(id)
        {
            { "campaign", key.Campaign }, { "creator", key.Creator }, { "cell", MeasureCodec.Encode(cell, documents).ToArray() },
        };
        return new ReplaceOneModel<BsonDocument>(id, rollup) { IsUpsert = true };
    }
}
