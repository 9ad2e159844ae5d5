using System.Globalization;
using Attribution.Core.Rollups;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rollups;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Rollups;

/// <summary>Names that matched no catalog item, counted per day.</summary>
internal static class MongoUnmatchedNames
{
    /// <summary>
    /// Counts the unmatched names of a fold and removes them from its sums. Counts that reach zero are deleted.
    /// </summary>
    public static async Task CountAsync(
        MongoSession session, MongoCollections collections, string brand, MeasureSums sums,
        CancellationToken cancellation)
    {
        var (counts, days) = (new List<WriteModel<BsonDocument>>(), new HashSet<int>());
        foreach (var (key, cell) in sums.Cells.Where(cell => cell.Key.IsUnmatched).ToArray())
        {
            var kind = UnmatchedNames.KindOf(key);
            var day = key.Day.DayNumber;
            days.Add(day);
            var name = new BsonDocument
            {
                { "_id", string.Create(CultureInfo.InvariantCulture, $"{brand} {day} {(int)kind} {key.Creator}") },
                { "brand", brand }, { "day", day }, { "kind", (int)kind }, { "name", key.Creator },
            };
            var increment = new BsonDocument("$inc", new BsonDocument("count", cell[UnmatchedNames.MeasureOf(kind)]));
            counts.Add(new UpdateOneModel<BsonDocument>(name, increment) { IsUpsert = true });
            sums.Remove(key);
        }
        if (counts.Count == 0) return;
        await session.WriteAsync(collections.Unmatched, counts, cancellation);
        var zeros = new BsonDocument
        {
            { "brand", brand }, { "day", BsonValues.MatchAny(days.Select(day => (BsonValue)day)) }, { "count", 0L },
        };
        await session.DeleteAsync(collections.Unmatched, zeros, cancellation);
    }

    /// <summary>Adds all counts to sums, under the keys that they had before they were folded.</summary>
    public static async Task AddToAsync(
        MongoSession session, MongoCollections collections, MeasureSums sums, CancellationToken cancellation)
    {
        await foreach (var name in session.StreamAsync(collections.Unmatched, [], null, null, null, cancellation))
        {
            var kind = (UnmatchedKind)name.Number("kind");
            sums.Add(
                RollupKey.Unmatched(name.Text("brand"), name.Day("day"), kind, name.Text("name")),
                UnmatchedNames.MeasureOf(kind), name.Number("count"));
        }
    }

    /// <summary>Lists names with their counts, highest count first, then by kind and name.</summary>
    /// <param name="session">Session that reads.</param>
    /// <param name="collections">Collections of the store.</param>
    /// <param name="filter">Filter for the brand and, optionally, the kind.</param>
    /// <param name="after">Count, kind and name after which the list continues (exclusive).</param>
    /// <param name="limit">Maximum number of names.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public static async Task<List<UnmatchedName>> ListAsync(
        MongoSession session, MongoCollections collections, BsonDocument filter, (long Count, long Kind, string Name) after,
        long limit, CancellationToken cancellation)
    {
        var rest = new BsonDocument("$or", new BsonArray
        {
            new BsonDocument("total", new BsonDocument("$lt", after.Count)),
            new BsonDocument { { "total", after.Count }, { "_id.kind", new BsonDocument("$gt", after.Kind) } },
            new BsonDocument
            {
                { "total", after.Count }, { "_id.kind", after.Kind }, { "_id.name", new BsonDocument("$gt", after.Name) },
            },
        });
        var found = await session.AggregateAsync(
            collections.Unmatched, cancellation,
            new("$match", filter),
            new("$group", new BsonDocument
            {
                { "_id", new BsonDocument { { "kind", "$kind" }, { "name", "$name" } } },
                { "total", new BsonDocument("$sum", "$count") },
                { "first", new BsonDocument("$min", "$day") }, { "last", new BsonDocument("$max", "$day") },
            }),
            new("$match", rest),
            new("$sort", new BsonDocument { { "total", -1 }, { "_id.kind", 1 }, { "_id.name", 1 } }),
            new("$limit", limit));
        return found.ConvertAll(name => new UnmatchedName(
            (UnmatchedKind)name["_id"].AsBsonDocument.Number("kind"), name["_id"].AsBsonDocument.Text("name"),
            name.Sum("total"), name.Day("first"), name.Day("last")));
    }
}
