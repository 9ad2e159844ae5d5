using Attribution.Storage.Access;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Access;

/// <summary>The audit log of operators' actions.</summary>
internal sealed class MongoAuditStore(MongoStoreContext context) : IAuditStore
{
    private readonly MongoTransactions transactions = context.Transactions;
    private readonly IMongoCollection<BsonDocument> entries = context.Collections.AuditEntries;
    private readonly IMongoCollection<BsonDocument> meta = context.Collections.Meta;

    public async ValueTask<long> AddAuditEntryAsync(AuditEntry entry, CancellationToken cancellation)
    {
        var next = await transactions.WriteSingleAsync(() => meta.FindOneAndUpdateAsync<BsonDocument>(
            new BsonDocument("_id", "audit"), new BsonDocument("$inc", new BsonDocument("number", 1L)),
            new() { IsUpsert = true, ReturnDocument = ReturnDocument.After }, cancellation));
        var number = next.Number("number");
        await transactions.TryInsertAsync(entries, ToBson(number, entry), cancellation);
        return number;
    }

    public async ValueTask CompleteAuditEntryAsync(long number, int status, CancellationToken cancellation)
    {
        var open = new BsonDocument { { "_id", number }, { "status", BsonNull.Value } };
        var update = new BsonDocument("$set", new BsonDocument("status", status));
        await transactions.WriteSingleAsync(
            () => entries.UpdateOneAsync(open, update, cancellationToken: cancellation));
    }

    public ValueTask<IReadOnlyList<AuditEntry>> ReadAuditLogAsync(
        long? before, int limit, CancellationToken cancellation)
    {
        var filter = new BsonDocument("_id", new BsonDocument("$lt", before ?? long.MaxValue));
        return transactions.ReadSnapshotAsync<IReadOnlyList<AuditEntry>>(
            async session => (await session.FindAsync(entries, filter, cancellation, sort: new("_id", -1), limit: limit))
                .ConvertAll(FromBson),
            cancellation);
    }

    private static BsonDocument ToBson(long number, AuditEntry entry) => new BsonDocument
    {
        { "_id", number }, { "at", entry.At.UnixMilliseconds }, { "by", entry.By }, { "action", entry.Action },
    }.AddIfPresent("key", entry.KeyId).AddIfPresent("status", entry.Status is { } status ? (BsonValue)status : null);

    private static AuditEntry FromBson(BsonDocument entry) => new()
    {
        Number = entry.Number("_id"),
        At = entry.Instant("at"),
        By = entry.Text("by"),
        KeyId = entry.TextOrNull("key"),
        Action = entry.Text("action"),
        Status = entry.Contains("status") ? (int)entry.Number("status") : null,
    };
}
