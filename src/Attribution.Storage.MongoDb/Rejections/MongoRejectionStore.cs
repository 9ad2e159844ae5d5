using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rejections;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Rejections;

/// <summary>Rejected events. They are kept after they are resolved, until they are deleted by age.</summary>
internal sealed class MongoRejectionStore(MongoStoreContext context) : IRejectionStore
{
    private readonly MongoTransactions transactions = context.Transactions;
    private readonly IMongoCollection<BsonDocument> rejections = context.Collections.Rejections;

    public ValueTask<(IReadOnlyList<RejectionDocument> Rejections, string? Cursor)> ListRejectionsAsync(
        RejectionFilter query, string? cursor, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var filter = MongoRejectionDocuments.ToFilter(query, cursor);
        return transactions.ReadSnapshotAsync<(IReadOnlyList<RejectionDocument>, string?)>(
            async session =>
            {
                var found = await session.FindAsync(
                    rejections, filter, cancellation, sort: new("_id", -1), limit: limit + 1);
                var page = found.Take(limit).Select(MongoRejectionDocuments.FromBson).ToList();
                return (page, found.Count > limit ? RejectionCursor.Format(page[^1].Id) : null);
            },
            cancellation);
    }

    public ValueTask<IReadOnlyList<RejectionDocument>> FindRejectionsAsync(
        IReadOnlyCollection<Guid> ids, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync<IReadOnlyList<RejectionDocument>>(
            async session => (await session.FindByIdsAsync(rejections, ids.Select(BsonValues.ToBson), cancellation))
                .ConvertAll(MongoRejectionDocuments.FromBson),
            cancellation);

    public async ValueTask ResolveRejectionsAsync(
        IReadOnlyCollection<Guid> ids, Timestamp at, CancellationToken cancellation)
    {
        var update = new BsonDocument
        {
            { "$set", new BsonDocument("resolvedAt", at.UnixMilliseconds) }, { "$unset", new BsonDocument("open", 1) },
        };
        await transactions.RunTransactionAsync(
            session => session.UpdateByIdsAsync(rejections, ids.Select(BsonValues.ToBson), update, cancellation, new("open", true)),
            cancellation);
    }

    public ValueTask<long> DeleteRejectionsBeforeAsync(Timestamp before, CancellationToken cancellation)
    {
        var old = new BsonDocument("receivedAt", new BsonDocument("$lt", before.UnixMilliseconds));
        return transactions.WriteSingleAsync(
            async () => (await rejections.DeleteManyAsync(old, cancellation)).DeletedCount);
    }
}
