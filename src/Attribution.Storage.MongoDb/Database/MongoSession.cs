using System.Runtime.CompilerServices;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Database;

/// <summary>A transaction, or reads as of one moment, in the hands of one piece of work. Not thread-safe; not to be kept.</summary>
internal sealed class MongoSession(IClientSessionHandle session, Action<string>? beforeStatement)
{
    /// <summary>Has nothing of this transaction written when the work returns, without a fault.</summary>
    public void Abandon() => Abandoned = true;

    public bool Abandoned { get; private set; }

    public void InvokeHook(string statement, IMongoCollection<BsonDocument> collection) => beforeStatement?.Invoke($"{statement} {collection.CollectionNamespace.CollectionName}");

    /// <summary>Documents, in no order unless one is asked for; one by one as they come.</summary>
    public async IAsyncEnumerable<BsonDocument> StreamAsync(
        IMongoCollection<BsonDocument> collection, BsonDocument filter, BsonDocument? sort, int? limit, BsonDocument? only, [EnumeratorCancellation] CancellationToken cancellation)
    {
        InvokeHook("find", collection);
        using var cursor = await collection.FindAsync(session, filter, new FindOptions<BsonDocument> { Sort = sort, Limit = limit, Projection = only }, cancellation);
        while (await cursor.MoveNextAsync(cancellation))
            foreach (var document in cursor.Current) yield return document;
    }

    public async Task<List<BsonDocument>> FindAsync(
        IMongoCollection<BsonDocument> collection, BsonDocument filter, CancellationToken cancellation, BsonDocument? sort = null, int? limit = null, BsonDocument? only = null)
    {
        var documents = new List<BsonDocument>();
        await foreach (var document in StreamAsync(collection, filter, sort, limit, only, cancellation)) documents.Add(document);
        return documents;
    }

    public async Task<BsonDocument?> FirstAsync(IMongoCollection<BsonDocument> collection, BsonDocument filter, CancellationToken cancellation, BsonDocument? sort = null, BsonDocument? only = null) =>
        (await FindAsync(collection, filter, cancellation, sort, limit: 1, only)).FirstOrDefault();

    public async Task<List<BsonDocument>> AggregateAsync(IMongoCollection<BsonDocument> collection, CancellationToken cancellation, params BsonDocument[] stages)
    {
        InvokeHook("aggregate", collection);
        using var cursor = await collection.AggregateAsync<BsonDocument>(session, stages, cancellationToken: cancellation);
        return await cursor.ToListAsync(cancellation);
    }

    public async Task<long> CountAsync(IMongoCollection<BsonDocument> collection, BsonDocument filter, CancellationToken cancellation)
    {
        InvokeHook("count", collection);
        return await collection.CountDocumentsAsync(session, filter, cancellationToken: cancellation);
    }

    public async Task InsertAsync(IMongoCollection<BsonDocument> collection, IReadOnlyCollection<BsonDocument> documents, CancellationToken cancellation)
    {
        if (documents.Count == 0) return;
        InvokeHook("insert", collection);
        await collection.InsertManyAsync(session, documents, cancellationToken: cancellation);
    }

    /// <summary>Updates every document that the filter finds.</summary>
    /// <returns>How many it found.</returns>
    public async Task<long> UpdateAsync(IMongoCollection<BsonDocument> collection, BsonDocument filter, BsonDocument update, CancellationToken cancellation)
    {
        InvokeHook("update", collection);
        return (await collection.UpdateManyAsync(session, filter, update, cancellationToken: cancellation)).MatchedCount;
    }

    /// <summary>Inserts and updates, by one statement a kind.</summary>
    /// <returns>How many documents those of the updates' filters found that insert nothing.</returns>
    public async Task<long> WriteAsync(IMongoCollection<BsonDocument> collection, IReadOnlyCollection<WriteModel<BsonDocument>> writes, CancellationToken cancellation)
    {
        if (writes.Count == 0) return 0;
        InvokeHook("write", collection);
        return (await collection.BulkWriteAsync(session, writes, cancellationToken: cancellation)).MatchedCount;
    }

    public async Task<long> DeleteAsync(IMongoCollection<BsonDocument> collection, BsonDocument filter, CancellationToken cancellation)
    {
        InvokeHook("delete", collection);
        return (await collection.DeleteManyAsync(session, filter, cancellationToken: cancellation)).DeletedCount;
    }
}
