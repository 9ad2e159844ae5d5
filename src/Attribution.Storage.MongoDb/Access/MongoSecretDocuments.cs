using Attribution.Core.Values;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Access;

/// <summary>Writes that API keys and webhook secrets share.</summary>
internal static class MongoSecretDocuments
{
    /// <summary>Revokes a key or secret. If it is revoked already, it is left unchanged.</summary>
    /// <param name="transactions">Accesses to the database.</param>
    /// <param name="collection">Keys or secrets.</param>
    /// <param name="id">Id of the key or secret.</param>
    /// <param name="revoked">Members to set.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>False if there is no document with this id.</returns>
    public static ValueTask<bool> RevokeAsync(
        MongoTransactions transactions, IMongoCollection<BsonDocument> collection, string id, BsonDocument revoked,
        CancellationToken cancellation) =>
        transactions.WriteSingleAsync(async () =>
        {
            var valid = new BsonDocument { { "_id", id }, { "revokedAt", BsonNull.Value } };
            var update = new BsonDocument("$set", revoked);
            return (await collection.UpdateOneAsync(valid, update, cancellationToken: cancellation)).MatchedCount == 1
                || await collection.Find(new BsonDocument("_id", id)).AnyAsync(cancellation);
        });

    /// <summary>
    /// Records the last use of keys or secrets. An earlier time than the stored one, or an unknown id, is ignored.
    /// </summary>
    public static async ValueTask RecordUseAsync(
        MongoTransactions transactions, IMongoCollection<BsonDocument> collection,
        IReadOnlyCollection<KeyValuePair<string, Timestamp>> used, CancellationToken cancellation)
    {
        if (used.Count == 0) return;
        var updates = used.Select(use => new UpdateOneModel<BsonDocument>(
            new BsonDocument("_id", use.Key), new BsonDocument("$max", new BsonDocument("usedAt", use.Value.UnixMilliseconds))));
        await transactions.WriteSingleAsync(() => collection.BulkWriteAsync(updates, cancellationToken: cancellation));
    }
}
