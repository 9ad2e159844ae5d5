using System.Globalization;
using Attribution.Storage.MongoDb.Catalog;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

/// <summary>
/// Collections, indexes, shard keys and the contents of a new store. Days are day numbers (days since 0001-01-01), and
/// times are Unix milliseconds.
/// </summary>
internal static class MongoSchema
{
    /// <summary>Prefix of the names of a rebuild's collections.</summary>
    public const string RebuildPrefix = "rebuild.";

    private const int Version = 3;
    // MongoDB 6.0.
    private const int OldestWireVersion = 17;
    private const string Hashed = "hashed";

    private static readonly CollectionDefinition[] Collections =
    [
        new("meta", null),
        new("gates", null),
        new("packs", new("_id", Hashed), new IndexDefinition("seq")),
        // Order numbers ascend: with a ranged key, one shard would receive every new entry.
        new(
            "ledger", new("conversion", Hashed),
            new IndexDefinition("brand", "conversion", "_id"),
            new IndexDefinition("brand", "orderDay"),
            new IndexDefinition("brand", "creator"),
            new IndexDefinition("fresh", "_id") { PartialOn = "fresh" },
            new IndexDefinition("brand", "number") { PartialOn = "number" },
            new IndexDefinition("brand", "recordedAt", "_id") { PartialOn = "restates" }),
        new(
            "rejections", new("_id", Hashed),
            new IndexDefinition("brand", "_id"),
            new IndexDefinition("open", "_id") { PartialOn = "open" },
            new IndexDefinition("receivedAt")),
        new("deltas", new("_id", Hashed), new IndexDefinition("brand", "_id")),
        new("rollups", ByBrandAndDay, new IndexDefinition("brand", "day", "campaign", "creator")),
        new("rollupCampaigns", ByBrandAndDay, new IndexDefinition("brand", "day", "campaign")),
        new("rollupFortnights", ByBrandAndDay, new IndexDefinition("brand", "day", "campaign", "creator")),
        new("rollupSeasons", ByBrandAndDay, new IndexDefinition("brand", "day", "campaign", "creator")),
        new("unmatched", ByBrandAndDay, new IndexDefinition("brand", "day"), new IndexDefinition("brand", "kind", "name")),
        new(
            "manifests", new() { { "brand", 1 }, { "number", 1 } },
            new IndexDefinition("brand", "number") { Unique = true },
            new IndexDefinition("brand", "at", "firstDay", "lastDay")),
        new("closings", null, new IndexDefinition("brand", "through")),
        new("catalogItems", null),
        new("fits", null),
        new("catalogHistory", null, new IndexDefinition("item", "_id")),
        new("jobs", null),
        new("leases", null),
        new("processes", null),
        new("dataSets", null),
        new("fitAttempts", null),
        new("runs", null, new IndexDefinition("kind", "status")),
        new("keys", null),
        new("webhookSecrets", null),
        new("webhookSubscriptions", null),
        new("webhookDeliveries", null, new IndexDefinition("subscription", "status", "at"), new IndexDefinition("status")),
        new("users", null),
        new("sessionKeys", null),
        new("sessions", null, new IndexDefinition("user")),
        new("agreements", null, new IndexDefinition("changed")),
        new(
            "statements", null,
            new IndexDefinition("brand", "number") { Unique = true },
            new IndexDefinition("brand", "creator", "month") { Unique = true },
            new IndexDefinition("brand", "payment") { Unique = true, PartialOn = "payment" }),
        new("approvals", null, new IndexDefinition("brand", "creator")),
        new("audit", null),
    ];

    // A rebuild has the collections that commits and reading the catalog need.
    private static readonly string[] RebuildCollections =
        ["meta", "gates", "packs", "closings", "catalogItems", "fits", "dataSets", "agreements"];

    private static BsonDocument ByBrandAndDay => new() { { "brand", 1 }, { "day", 1 } };

    public static string Journeys(long generation) => string.Create(CultureInfo.InvariantCulture, $"journeys.{generation}");

    public static string Aliases(long generation) => string.Create(CultureInfo.InvariantCulture, $"aliases.{generation}");

    public static string Accruals(long generation) => string.Create(CultureInfo.InvariantCulture, $"accruals.{generation}");

    /// <summary>
    /// Creates whatever is missing and leaves the rest unchanged. Several processes may call this at once.
    /// </summary>
    /// <exception cref="StoreUnusableException">
    /// The server has no transactions, or a newer version created the database.
    /// </exception>
    public static async Task CreateAsync(IMongoDatabase database, CancellationToken cancellation)
    {
        var hello = await database.RunCommandAsync<BsonDocument>(
            new BsonDocument("hello", 1), cancellationToken: cancellation);
        if (!hello.Contains("setName") && !IsSharded(hello))
            throw new StoreUnusableException(
                "The MongoDB server is standalone and therefore has no transactions: start it as a replica set; one member is "
                + "sufficient (mongod --replSet rs0, then rs.initiate() once).");
        if (hello.GetValue("maxWireVersion", 0).ToInt32() < OldestWireVersion)
            throw new StoreUnusableException(
                "The MongoDB server is older than version 6.0, which the store needs: upgrade it, and set its featureCompatibilityVersion.");
        await RequireOwnAsync(database, cancellation);
        foreach (var collection in Collections) await collection.CreateAsync(database, "", IsSharded(hello), cancellation);
        var store = new BsonDocument
        {
            { "_id", "store" }, { "schema", Version }, { "catalogVersion", 0L }, { "journeysVersion", 0L },
            { "placementSharesVersion", 0L }, { "firstOrdersVersion", 0L }, { "generation", 0L },
        };
        await SeedAsync(database, "", store, cancellation);
        var metaDocuments = database.GetCollection<BsonDocument>("meta");
        await InsertMissingAsync(metaDocuments, MongoMeta.FirstFormats, cancellation);
        await InsertMissingAsync(metaDocuments, MongoMeta.FirstReports, cancellation);
        await InsertMissingAsync(
            database.GetCollection<BsonDocument>("catalogItems"), MongoCatalogItems.DefaultBrand, cancellation);
        var meta = await database.GetCollection<BsonDocument>(
            "meta").Find(new BsonDocument("_id", "store")).SingleAsync(cancellation);
        if (meta["schema"].ToInt64() < 2) await MakeStaleAsync(database, 2, "placementSharesVersion", cancellation);
        if (meta["schema"].ToInt64() < 3) await MakeStaleAsync(database, 3, "firstOrdersVersion", cancellation);
        await CreateGenerationAsync(database, meta["generation"].ToInt64(), cancellation);
    }

    /// <summary>Checks, before anything is created, that the database is empty or a store that this build can use.</summary>
    private static async Task RequireOwnAsync(IMongoDatabase database, CancellationToken cancellation)
    {
        var name = database.DatabaseNamespace.DatabaseName;
        var meta = await database.GetCollection<BsonDocument>(
            "meta").Find(new BsonDocument("_id", "store")).SingleOrDefaultAsync(cancellation);
        if (meta is null)
        {
            var existing = await (await database.ListCollectionNamesAsync(cancellationToken: cancellation)).ToListAsync(cancellation);
            existing.RemoveAll(collection => collection.StartsWith("system.", StringComparison.Ordinal));
            // An opening that was interrupted left some of the store's collections; the first of them is always there.
            if (existing.Count == 0 || (existing.Contains(Collections[0].Name) && existing.TrueForAll(IsOwn))) return;
            throw new StoreUnusableException(
                $"The MongoDB database {name} belongs to another program: it contains {string.Join(", ", existing.Order(StringComparer.Ordinal).Take(3))}"
                + $"{(existing.Count > 3 ? ", …" : "")}. Name an empty database with Store:MongoDb:Database.");
        }

        if (!meta.TryGetValue("schema", out var schema) || !schema.IsNumeric)
            throw new StoreUnusableException(
                $"The MongoDB database {name} belongs to another program: its collection meta has no schema of this store. "
                + "Name an empty database with Store:MongoDb:Database.");
        if (schema.ToInt64() > Version)
            throw new StoreUnusableException(
                $"The MongoDB database {name} was written by a newer version (schema {schema}; this build supports up to {Version}): "
                + "start that version, or name another database.");
    }

    private static bool IsOwn(string collection) => Array.Exists(Collections, own => own.Name == collection);

    /// <summary>Creates the collections of a rebuild.</summary>
    /// <param name="database">Database of the store.</param>
    /// <param name="generation">Generation that the rebuild writes.</param>
    /// <param name="mark">Mark that identifies the rebuild.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public static async Task CreateRebuildAsync(
        IMongoDatabase database, long generation, string mark, CancellationToken cancellation)
    {
        var hello = await database.RunCommandAsync<BsonDocument>(
            new BsonDocument("hello", 1), cancellationToken: cancellation);
        foreach (var collection in Collections.Where(collection => RebuildCollections.Contains(collection.Name)))
            await collection.CreateAsync(database, RebuildPrefix, IsSharded(hello), cancellation);
        await CreateGenerationAsync(database, generation, cancellation);
        var store = new BsonDocument
        {
            { "_id", "store" }, { "mark", mark }, { "catalogVersion", 0L }, { "journeysVersion", 0L },
            { "placementSharesVersion", 0L }, { "firstOrdersVersion", 0L }, { "generation", generation },
        };
        await SeedAsync(database, RebuildPrefix, store, cancellation);
    }

    /// <summary>
    /// Raises the schema: 2, shares are split over placements; 3, customers are new by their earlier orders. All journeys
    /// are stale once, and re-evaluated in the background. Of several processes, one makes the change.
    /// </summary>
    private static async Task MakeStaleAsync(
        IMongoDatabase database, int schema, string member, CancellationToken cancellation)
    {
        var next = new BsonDocument("$add", new BsonArray { "$catalogVersion", 1L });
        var set = new BsonDocument
        {
            { "schema", schema }, { "catalogVersion", next }, { "journeysVersion", next }, { member, next },
        };
        await database.GetCollection<BsonDocument>("meta").UpdateOneAsync(
            new BsonDocument { { "_id", "store" }, { "schema", schema - 1 } },
            new PipelineUpdateDefinition<BsonDocument>(new BsonDocument[] { new("$set", set) }),
            cancellationToken: cancellation);
    }

    private static async Task CreateGenerationAsync(
        IMongoDatabase database, long generation, CancellationToken cancellation)
    {
        var hello = await database.RunCommandAsync<BsonDocument>(
            new BsonDocument("hello", 1), cancellationToken: cancellation);
        // A merged journey has no catalog version and no day of conversion, so neither partial index contains it.
        CollectionDefinition[] collections =
        [
            new(
                Journeys(generation), new("_id", Hashed),
                new IndexDefinition("catalogVersion") { PartialOn = "catalogVersion" },
                new IndexDefinition("brand", "convertedOn", "catalogVersion") { PartialOn = "convertedOn" },
                new IndexDefinition("brand")),
            new(Aliases(generation), new("_id", Hashed)),
            new(Accruals(generation), new("_id", Hashed), new IndexDefinition("brand", "agreement", "key")),
        ];
        foreach (var collection in collections) await collection.CreateAsync(database, "", IsSharded(hello), cancellation);
    }

    private static async Task SeedAsync(
        IMongoDatabase database, string prefix, BsonDocument store, CancellationToken cancellation)
    {
        var gates = database.GetCollection<BsonDocument>(prefix + "gates");
        if (await gates.CountDocumentsAsync(new BsonDocument(), cancellationToken: cancellation) < MongoCommitGates.Count)
            for (var gate = 0; gate < MongoCommitGates.Count; gate++)
                await InsertMissingAsync(gates, new BsonDocument { { "_id", gate }, { "passed", 0L } }, cancellation);
        // Inserted last, so that a store with this document is complete.
        await InsertMissingAsync(database.GetCollection<BsonDocument>(prefix + "meta"), store, cancellation);
    }

    private static async Task InsertMissingAsync(
        IMongoCollection<BsonDocument> collection, BsonDocument document, CancellationToken cancellation)
    {
        try
        {
            await collection.InsertOneAsync(document, cancellationToken: cancellation);
        }
        catch (MongoWriteException e) when (e.WriteError.Category == ServerErrorCategory.DuplicateKey)
        {
            // It exists already.
        }
    }

    private static bool IsSharded(BsonDocument hello) => hello.GetValue("msg", "") == "isdbgrid";
}
