using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Database;

/// <summary>A collection with its shard key and indexes.</summary>
/// <param name="Name">Name without prefix.</param>
/// <param name="ShardKey">Shard key. Null: the collection is too small to be sharded.</param>
/// <param name="Indexes">Indexes in addition to that of <c>_id</c>.</param>
internal sealed record CollectionDefinition(string Name, BsonDocument? ShardKey, params IndexDefinition[] Indexes)
{
    /// <summary>
    /// Creates the collection, its indexes and, on a sharded cluster, its shard key, unless they exist.
    /// </summary>
    public async Task CreateAsync(IMongoDatabase database, string prefix, bool sharded, CancellationToken cancellation)
    {
        var options = new ListCollectionNamesOptions { Filter = new BsonDocument("name", prefix + Name) };
        var exists = await (await database.ListCollectionNamesAsync(options, cancellation)).AnyAsync(cancellation);
        try
        {
            // A transaction of an older server cannot create its collection.
            if (!exists) await database.CreateCollectionAsync(prefix + Name, cancellationToken: cancellation);
        }
        catch (MongoCommandException e) when (e.CodeName == "NamespaceExists")
        {
            // Another process created it first.
        }
        if (Indexes.Length > 0)
            await database.GetCollection<BsonDocument>(prefix + Name).Indexes
                .CreateManyAsync(Indexes.Select(index => index.Model), cancellation);
        if (!sharded || ShardKey is null) return;
        // A collection that was filled before its cluster was sharded needs an index of the shard key first.
        await database.GetCollection<BsonDocument>(prefix + Name).Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>(ShardKey), cancellationToken: cancellation);
        var shard = new BsonDocument
        {
            { "shardCollection", $"{database.DatabaseNamespace.DatabaseName}.{prefix}{Name}" }, { "key", ShardKey },
        };
        await database.Client.GetDatabase(
            "admin").RunCommandAsync<BsonDocument>(shard, cancellationToken: cancellation);
    }
}
