using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

/// <summary>Collections, indexes, shard keys, and what stands in a new store. Days are day numbers (days since 0001-01-01), times Unix milliseconds.</summary>
internal static class MongoSchema
{
    /// <summary>What the names of a rebuild's collections begin with.</summary>
    public const string RebuildPrefix = "rebuild.";

    /// <summary>How many gates there are: the commits that may end at the same moment without being in each other's way.</summary>
    public const int GateCount = 64;

    private const int Version = 1;
    private const string Hashed = "hashed";

    private static readonly CollectionDefinition[] Collections =
    [
        new("meta", null),
        new("gates", null),
        new("packs", new("_id", Hashed), new IndexDefinition("seq")),
        // Order numbers count up: a ranged key would have every new line at one shard.
        new("ledger", new("conversion", Hashed), new IndexDefinition("brand", "conversion", "_id"), new IndexDefinition("brand", "orderDay"), new IndexDefinition("brand", "creator"), new IndexDefinition("fresh", "_id") { PartialOn = "fresh" }, new IndexDefinition("brand", "number") { PartialOn = "number" }, new IndexDefinition("brand", "recordedAt", "_id") { PartialOn = "restates" }),
        new("rejections", new("_id", Hashed), new IndexDefinition("brand", "_id"), new IndexDefinition("open", "_id") { PartialOn = "open" }, new IndexDefinition("receivedAt")),
        new("deltas", new("_id", Hashed), new IndexDefinition("brand", "_id")),
        new("rollups", new() { { "brand", 1 }, { "day", 1 } }, new IndexDefinition("brand", "day", "campaign", "creator")),
        new("rollupCampaigns", new() { { "brand", 1 }, { "day", 1 } }, new IndexDefinition("brand", "day", "campaign")),
        new("rollupFortnights", new() { { "brand", 1 }, { "day", 1 } }, new IndexDefinition("brand", "day", "campaign", "creator")),
        new("rollupSeasons", new() { { "brand", 1 }, { "day", 1 } }, new IndexDefinition("brand", "day", "campaign", "creator")),
        new("unmatched", new() { { "brand", 1 }, { "day", 1 } }, new IndexDefinition("brand", "day"), new IndexDefinition("brand", "kind", "name")),
        new("manifests", new() { { "brand", 1 }, { "number", 1 } }, new IndexDefinition("brand", "number") { Unique = true }, new IndexDefinition("brand", "at", "firstDay", "lastDay")),
        new("closings", null, new IndexDefinition("brand", "through")),
        new("catalogItems", null),
        new("fits", null),
        new("catalogHistory", null, new IndexDefinition("item", "_id")),
        new("jobs", null),
        new("leases", null),
        new("fitAttempts", null),
        new("runs", null, new IndexDefinition("kind", "status")),
        new("keys", null),
        new("webhookSecrets", null),
        new("users", null),
        new("sessionKeys", null),
        new("agreements", null, new IndexDefinition("changed")),
        new("statements", null, new IndexDefinition("brand", "number") { Unique = true }, new IndexDefinition("brand", "creator", "month") { Unique = true }),
        new("approvals", null, new IndexDefinition("brand", "creator")),
        new("audit", null),
    ];

    // A rebuild has what commits and the reading of the catalog need.
    private static readonly string[] RebuildCollections = ["meta", "gates", "packs", "closings", "catalogItems", "fits", "agreements"];

    public static string Journeys(long generation) => string.Create(CultureInfo.InvariantCulture, $"journeys.{generation}");

    public static string Aliases(long generation) => string.Create(CultureInfo.InvariantCulture, $"aliases.{generation}");

    public static string Accruals(long generation) => string.Create(CultureInfo.InvariantCulture, $"accruals.{generation}");

    /// <summary>Makes what is missing; what is there stays. Several may do so at once.</summary>
    /// <exception cref="StoreUnusableException">The server has no transactions, or the database was made by a newer version.</exception>
    public static async Task CreateAsync(IMongoDatabase database, CancellationToken cancellation)
    {
        var hello = await database.RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), cancellationToken: cancellation);
        if (!hello.Contains("setName") && !IsSharded(hello))
            throw new StoreUnusableException("The MongoDB server stands alone and so has no transactions: start it as a replica set, of one member if need be (mongod --replSet rs0, then rs.initiate() once).");
        foreach (var collection in Collections) await collection.CreateAsync(database, "", IsSharded(hello), cancellation);
        await SeedAsync(database, "", new BsonDocument { { "_id", "store" }, { "schema", Version }, { "catalogVersion", 0L }, { "journeysVersion", 0L }, { "generation", 0L } }, cancellation);
        await InsertMissingAsync(database.GetCollection<BsonDocument>("catalogItems"), MongoStore.DefaultBrand, cancellation);
        var meta = await database.GetCollection<BsonDocument>("meta").Find(new BsonDocument("_id", "store")).SingleAsync(cancellation);
        if (meta["schema"].ToInt64() > Version)
            throw new StoreUnusableException(
                $"The MongoDB database {database.DatabaseNamespace.DatabaseName} was written by a newer version (schema {meta["schema"]}, this build knows up to {Version}): start that version, or name another database.");
        await CreateGenerationAsync(database, meta["generation"].ToInt64(), cancellation);
    }

    /// <summary>Makes the collections of a rebuild.</summary>
    public static async Task CreateRebuildAsync(IMongoDatabase database, long generation, string mark, CancellationToken cancellation)
    {
        var hello = await database.RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), cancellationToken: cancellation);
        foreach (var collection in Collections.Where(one => RebuildCollections.Contains(one.Name))) await collection.CreateAsync(database, RebuildPrefix, IsSharded(hello), cancellation);
        await CreateGenerationAsync(database, generation, cancellation);
        await SeedAsync(
            database, RebuildPrefix, new BsonDocument { { "_id", "store" }, { "mark", mark }, { "catalogVersion", 0L }, { "journeysVersion", 0L }, { "generation", generation } }, cancellation);
    }

    private static async Task CreateGenerationAsync(IMongoDatabase database, long generation, CancellationToken cancellation)
    {
        var hello = await database.RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), cancellationToken: cancellation);
        // What was merged away has no catalog version, and so stands in neither index.
        CollectionDefinition[] collections =
        [
            new(
                Journeys(generation), new("_id", Hashed), new IndexDefinition("catalogVersion") { PartialOn = "catalogVersion" },
                new IndexDefinition("brand", "convertedOn", "catalogVersion") { PartialOn = "convertedOn" }, new IndexDefinition("brand")),
            new(Aliases(generation), new("_id", Hashed)),
            new(Accruals(generation), new("_id", Hashed), new IndexDefinition("brand", "agreement", "key")),
        ];
        foreach (var collection in collections) await collection.CreateAsync(database, "", IsSharded(hello), cancellation);
    }

    private static async Task SeedAsync(IMongoDatabase database, string prefix, BsonDocument store, CancellationToken cancellation)
    {
        var gates = database.GetCollection<BsonDocument>(prefix + "gates");
        if (await gates.CountDocumentsAsync(new BsonDocument(), cancellationToken: cancellation) < GateCount)
            for (var gate = 0; gate < GateCount; gate++) await InsertMissingAsync(gates, new BsonDocument { { "_id", gate }, { "passed", 0L } }, cancellation);
        // Last, so that what bears it is whole.
        await InsertMissingAsync(database.GetCollection<BsonDocument>(prefix + "meta"), store, cancellation);
    }

    private static async Task InsertMissingAsync(IMongoCollection<BsonDocument> collection, BsonDocument document, CancellationToken cancellation)
    {
        try
        {
            await collection.InsertOneAsync(document, cancellationToken: cancellation);
        }
        catch (MongoWriteException e) when (e.WriteError.Category == ServerErrorCategory.DuplicateKey)
        {
            // It is there.
        }
    }

    private static bool IsSharded(BsonDocument hello) => hello.GetValue("msg", "") == "isdbgrid";

    private sealed record IndexDefinition(params string[] Members)
    {
        public bool Unique { get; init; }

        /// <summary>Holds those alone that have this member.</summary>
        public string? PartialOn { get; init; }

        public CreateIndexModel<BsonDocument> Model => new(
            new BsonDocument(Members.Select(member => new BsonElement(member, 1))),
            new CreateIndexOptions<BsonDocument>
            {
                Unique = Unique ? true : null,
                PartialFilterExpression = PartialOn is null ? null : new BsonDocument(PartialOn, new BsonDocument("$exists", true)),
            });
    }

    /// <param name="Name">Its name.</param>
    /// <param name="ShardKey">Null: too small to be parted.</param>
    /// <param name="Indexes">Its indexes beside that of <c>_id</c>.</param>
    private sealed record CollectionDefinition(string Name, BsonDocument? ShardKey, params IndexDefinition[] Indexes)
    {
        public async Task CreateAsync(IMongoDatabase database, string prefix, bool sharded, CancellationToken cancellation)
        {
            var there = await (await database.ListCollectionNamesAsync(new() { Filter = new BsonDocument("name", prefix + Name) }, cancellation)).AnyAsync(cancellation);
            try
            {
                // A transaction of an older server cannot make its collection.
                if (!there) await database.CreateCollectionAsync(prefix + Name, cancellationToken: cancellation);
            }
            catch (MongoCommandException e) when (e.CodeName == "NamespaceExists")
            {
                // Another process was faster.
            }
            if (Indexes.Length > 0) await database.GetCollection<BsonDocument>(prefix + Name).Indexes.CreateManyAsync(Indexes.Select(index => index.Model), cancellation);
            if (!sharded || ShardKey is null) return;
            await database.Client.GetDatabase("admin").RunCommandAsync<BsonDocument>(
                new BsonDocument { { "shardCollection", $"{database.DatabaseNamespace.DatabaseName}.{prefix}{Name}" }, { "key", ShardKey } }, cancellationToken: cancellation);
        }
    }
}
