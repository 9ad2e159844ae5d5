using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

/// <summary>The document about the store: schema, catalog version, generation and the last rebuild.</summary>
internal static class MongoMeta
{
    /// <summary>Gets the filter for the document.</summary>
    public static BsonDocument StoreFilter => new("_id", "store");

    /// <summary>Gets the filter for the document about formats.</summary>
    public static BsonDocument FormatsFilter => new("_id", "formats");

    /// <summary>Gets the document about formats of a new store: the first version of each.</summary>
    public static BsonDocument FirstFormats => new() { { "_id", "formats" }, { "agreed", "" }, { "updates", 0L } };

    /// <summary>Gets the filter for the document that every change of reports writes.</summary>
    public static BsonDocument ReportsFilter => new("_id", "reports");

    /// <summary>Gets that document of a new store.</summary>
    public static BsonDocument FirstReports => new() { { "_id", "reports" }, { "changes", 0L } };

    /// <summary>Reads the document.</summary>
    /// <exception cref="StoreUnusableException">The document is missing.</exception>
    public static async Task<BsonDocument> ReadAsync(
        MongoSession session, MongoCollections collections, CancellationToken cancellation) =>
        await session.FirstAsync(collections.Meta, StoreFilter, cancellation)
        ?? throw new StoreUnusableException(
            $"{collections.Meta.CollectionNamespace} is damaged (the document about the store is missing): restore it from a "
            + "copy, or name another database.");

    /// <summary>Reads the generation of the journeys, aliases and accruals that are in use.</summary>
    public static async Task<long> ReadGenerationAsync(
        MongoSession session, MongoCollections collections, CancellationToken cancellation) =>
        (await ReadAsync(session, collections, cancellation)).Number("generation");

    /// <summary>
    /// Raises the version of the catalog without a change of its items, so that all journeys are evaluated again. Does
    /// nothing in a store without journeys.
    /// </summary>
    public static async Task MakeJourneysStaleAsync(
        MongoSession session, MongoCollections collections, CancellationToken cancellation)
    {
        var store = await ReadAsync(session, collections, cancellation);
        if (await session.FirstAsync(collections.Journeys(store.Number("generation")), new BsonDocument(), cancellation) is null) return;
        var next = store.Number("catalogVersion") + 1;
        var set = new BsonDocument { { "catalogVersion", next }, { "journeysVersion", next } };
        await session.UpdateAsync(collections.Meta, StoreFilter, new("$set", set), cancellation);
    }

    /// <summary>Creates a query for the document about an open rebuild. It finds none if no rebuild is open.</summary>
    public static IFindFluent<BsonDocument, BsonDocument> FindOpenRebuild(MongoCollections collections) =>
        collections.RebuildMeta.Find(StoreFilter);
}
