using System.Runtime.CompilerServices;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Database;

/// <summary>
/// A transaction, or reads as of one moment. Not thread-safe; valid only while the work that received it runs.
/// </summary>
internal sealed class MongoSession(IClientSessionHandle session, Action<string>? beforeStatement)
{
    /// <summary>Gets a value indicating whether the transaction writes nothing.</summary>
    public bool Abandoned { get; private set; }

    /// <summary>Rolls the transaction back when the work returns. The work succeeds nevertheless.</summary>
    public void Abandon() => Abandoned = true;

    /// <summary>Reads documents one by one as they arrive. They are unordered unless a sort order is given.</summary>
    public async IAsyncEnumerable<BsonDocument> StreamAsync(
        IMongoCollection<BsonDocument> collection, BsonDocument filter, BsonDocument? sort, int? limit, BsonDocument? only,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        InvokeHook("find", collection);
        var options = new FindOptions<BsonDocument> { Sort = sort, Limit = limit, Projection = only };
        using var cursor = await collection.FindAsync(session, filter, options, cancellation);
        while (await cursor.MoveNextAsync(cancellation))
            foreach (var document in cursor.Current) yield return document;
    }

    /// <summary>Reads all documents that match, as <see cref="StreamAsync"/> does.</summary>
    public async Task<List<BsonDocument>> FindAsync(
        IMongoCollection<BsonDocument> collection, BsonDocument filter, CancellationToken cancellation,
        BsonDocument? sort = null, int? limit = null, BsonDocument? only = null)
    {
        var documents = new List<BsonDocument>();
        await foreach (var document in StreamAsync(collection, filter, sort, limit, only, cancellation)) documents.Add(document);
        return documents;
    }

    /// <summary>Reads the first document that matches; null if there is none.</summary>
    public async Task<BsonDocument?> FirstAsync(
        IMongoCollection<BsonDocument> collection, BsonDocument filter, CancellationToken cancellation,
        BsonDocument? sort = null, BsonDocument? only = null) =>
        (await FindAsync(collection, filter, cancellation, sort, limit: 1, only)).FirstOrDefault();

    /// <summary>Reads the documents with these ids, any number of them, in pieces.</summary>
    public async Task<List<BsonDocument>> FindByIdsAsync(
        IMongoCollection<BsonDocument> collection, IEnumerable<BsonValue> ids, CancellationToken cancellation, BsonDocument? only = null)
    {
        var documents = new List<BsonDocument>();
        foreach (var piece in BsonValues.MatchIdsInPieces(ids))
            documents.AddRange(await FindAsync(collection, piece, cancellation, only: only));
        return documents;
    }

    /// <summary>Updates the documents with these ids, any number of them, in pieces.</summary>
    /// <returns>The number of documents that matched.</returns>
    public async Task<long> UpdateByIdsAsync(
        IMongoCollection<BsonDocument> collection, IEnumerable<BsonValue> ids, BsonDocument update, CancellationToken cancellation,
        BsonDocument? further = null)
    {
        var matched = 0L;
        foreach (var piece in BsonValues.MatchIdsInPieces(ids, further))
            matched += await UpdateAsync(collection, piece, update, cancellation);
        return matched;
    }

    /// <summary>Deletes the documents with these ids, any number of them, in pieces.</summary>
    /// <returns>The number of deleted documents.</returns>
    public async Task<long> DeleteByIdsAsync(
        IMongoCollection<BsonDocument> collection, IEnumerable<BsonValue> ids, CancellationToken cancellation,
        BsonDocument? further = null)
    {
        var deleted = 0L;
        foreach (var piece in BsonValues.MatchIdsInPieces(ids, further))
            deleted += await DeleteAsync(collection, piece, cancellation);
        return deleted;
    }

    public async Task<List<BsonDocument>> AggregateAsync(
        IMongoCollection<BsonDocument> collection, CancellationToken cancellation, params BsonDocument[] stages)
    {
        InvokeHook("aggregate", collection);
        using var cursor = await collection.AggregateAsync<BsonDocument>(
            session, stages, cancellationToken: cancellation);
        return await cursor.ToListAsync(cancellation);
    }

    public async Task<long> CountAsync(
        IMongoCollection<BsonDocument> collection, BsonDocument filter, CancellationToken cancellation)
    {
        InvokeHook("count", collection);
        return await collection.CountDocumentsAsync(session, filter, cancellationToken: cancellation);
    }

    public async Task InsertAsync(
        IMongoCollection<BsonDocument> collection, IReadOnlyCollection<BsonDocument> documents,
        CancellationToken cancellation)
    {
        if (documents.Count == 0) return;
        InvokeHook("insert", collection);
        await collection.InsertManyAsync(session, documents, cancellationToken: cancellation);
    }

    /// <summary>Updates every document that matches the filter.</summary>
    /// <returns>The number of documents that matched.</returns>
    public async Task<long> UpdateAsync(
        IMongoCollection<BsonDocument> collection, BsonDocument filter, BsonDocument update,
        CancellationToken cancellation)
    {
        InvokeHook("update", collection);
        return (await collection.UpdateManyAsync(session, filter, update, cancellationToken: cancellation)).MatchedCount;
    }

    /// <summary>Inserts, updates and deletes, with one statement for each kind of write.</summary>
    /// <returns>The number of stored documents that the updates matched, without inserted ones.</returns>
    public async Task<long> WriteAsync(
        IMongoCollection<BsonDocument> collection, IReadOnlyCollection<WriteModel<BsonDocument>> writes,
        CancellationToken cancellation)
    {
        if (writes.Count == 0) return 0;
        InvokeHook("write", collection);
        return (await collection.BulkWriteAsync(session, writes, cancellationToken: cancellation)).MatchedCount;
    }

    /// <summary>Replaces the document of the same id, or inserts it.</summary>
    public Task<long> UpsertAsync(
        IMongoCollection<BsonDocument> collection, BsonDocument document, CancellationToken cancellation) =>
        WriteAsync(collection, [BsonUpdates.ToUpsert(document)], cancellation);

    /// <summary>Deletes every document that matches the filter.</summary>
    /// <returns>The number of deleted documents.</returns>
    public async Task<long> DeleteAsync(
        IMongoCollection<BsonDocument> collection, BsonDocument filter, CancellationToken cancellation)
    {
        InvokeHook("delete", collection);
        return (await collection.DeleteManyAsync(session, filter, cancellationToken: cancellation)).DeletedCount;
    }

    private void InvokeHook(string statement, IMongoCollection<BsonDocument> collection) =>
        beforeStatement?.Invoke($"{statement} {collection.CollectionNamespace.CollectionName}");
}
