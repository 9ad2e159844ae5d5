using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Journeys;

/// <summary>Packs that were committed, with their archives.</summary>
internal static class MongoPacks
{
    /// <summary>Converts a pack. A rebuild keeps its id only.</summary>
    public static BsonDocument ToBson(Guid id, byte[]? archive) =>
        new BsonDocument { { "_id", BsonValues.ToBson(id) }, { "seq", ObjectId.GenerateNewId() } }
            .AddIfPresent("archive", archive is null ? null : (BsonValue)archive);

    /// <summary>Returns which of the packs were committed.</summary>
    public static async Task<HashSet<Guid>> FindCommittedAsync(
        MongoSession session, MongoCollections collections, IReadOnlyCollection<Guid> packs,
        CancellationToken cancellation) =>
        packs.Count == 0
            ? []
            : [.. (await session.FindAsync(collections.Packs, BsonValues.MatchIds(packs), cancellation, only: new("_id", 1)))
                .Select(pack => pack.Id())];

    /// <summary>Counts the packs that were committed.</summary>
    public static ValueTask<long> CountAsync(MongoStoreContext context, CancellationToken cancellation) =>
        context.Transactions.ReadSnapshotAsync(
            session => session.CountAsync(context.Collections.Packs, [], cancellation), cancellation);
}
