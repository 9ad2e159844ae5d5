using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

/// <summary>
/// Collections of a store, or of a rebuild. <c>docs/operations/mongodb.md</c> describes their documents.
/// </summary>
/// <param name="database">Database of the store.</param>
/// <param name="prefix">Prefix of the names: empty, or <see cref="MongoSchema.RebuildPrefix"/> for a rebuild.</param>
internal sealed class MongoCollections(IMongoDatabase database, string prefix)
{
    public IMongoCollection<BsonDocument> Meta { get; } = Get(database, prefix, "meta");

    /// <summary>Gets the collection that describes an open rebuild. It is empty if there is none.</summary>
    public IMongoCollection<BsonDocument> RebuildMeta { get; } = Get(database, MongoSchema.RebuildPrefix, "meta");

    public IMongoCollection<BsonDocument> Gates { get; } = Get(database, prefix, "gates");

    public IMongoCollection<BsonDocument> Packs { get; } = Get(database, prefix, "packs");

    public IMongoCollection<BsonDocument> Items { get; } = Get(database, prefix, "catalogItems");

    public IMongoCollection<BsonDocument> Fits { get; } = Get(database, prefix, "fits");

    public IMongoCollection<BsonDocument> History { get; } = Get(database, prefix, "catalogHistory");

    public IMongoCollection<BsonDocument> Ledger { get; } = Get(database, prefix, "ledger");

    public IMongoCollection<BsonDocument> Rejections { get; } = Get(database, prefix, "rejections");

    public IMongoCollection<BsonDocument> Deltas { get; } = Get(database, prefix, "deltas");

    public IMongoCollection<BsonDocument> RollupCells { get; } = Get(database, prefix, "rollups");

    public IMongoCollection<BsonDocument> Fortnights { get; } = Get(database, prefix, "rollupFortnights");

    public IMongoCollection<BsonDocument> Seasons { get; } = Get(database, prefix, "rollupSeasons");

    public IMongoCollection<BsonDocument> CampaignDays { get; } = Get(database, prefix, "rollupCampaigns");

    public IMongoCollection<BsonDocument> Unmatched { get; } = Get(database, prefix, "unmatched");

    public IMongoCollection<BsonDocument> Manifests { get; } = Get(database, prefix, "manifests");

    public IMongoCollection<BsonDocument> Closings { get; } = Get(database, prefix, "closings");

    public IMongoCollection<BsonDocument> Jobs { get; } = Get(database, prefix, "jobs");

    public IMongoCollection<BsonDocument> Leases { get; } = Get(database, prefix, "leases");

    public IMongoCollection<BsonDocument> Processes { get; } = Get(database, prefix, "processes");

    public IMongoCollection<BsonDocument> DataSets { get; } = Get(database, prefix, "dataSets");

    public IMongoCollection<BsonDocument> FitAttempts { get; } = Get(database, prefix, "fitAttempts");

    public IMongoCollection<BsonDocument> Runs { get; } = Get(database, prefix, "runs");

    public IMongoCollection<BsonDocument> Agreements { get; } = Get(database, prefix, "agreements");

    public IMongoCollection<BsonDocument> Statements { get; } = Get(database, prefix, "statements");

    public IMongoCollection<BsonDocument> Approvals { get; } = Get(database, prefix, "approvals");

    public IMongoCollection<BsonDocument> Keys { get; } = Get(database, prefix, "keys");

    public IMongoCollection<BsonDocument> Secrets { get; } = Get(database, prefix, "webhookSecrets");

    public IMongoCollection<BsonDocument> WebhookSubscriptions { get; } = Get(database, prefix, "webhookSubscriptions");

    public IMongoCollection<BsonDocument> WebhookDeliveries { get; } = Get(database, prefix, "webhookDeliveries");

    public IMongoCollection<BsonDocument> AuditEntries { get; } = Get(database, prefix, "audit");

    public IMongoCollection<BsonDocument> Users { get; } = Get(database, prefix, "users");

    public IMongoCollection<BsonDocument> Sessions { get; } = Get(database, prefix, "sessions");

    public IMongoCollection<BsonDocument> SessionKeys { get; } = Get(database, prefix, "sessionKeys");

    // Each generation has its own journeys, aliases and accruals, so that a rebuild takes over by naming another
    // generation.

    public IMongoCollection<BsonDocument> Journeys(long generation) => Get(database, "", MongoSchema.Journeys(generation));

    public IMongoCollection<BsonDocument> Aliases(long generation) => Get(database, "", MongoSchema.Aliases(generation));

    public IMongoCollection<BsonDocument> Accruals(long generation) => Get(database, "", MongoSchema.Accruals(generation));

    private static IMongoCollection<BsonDocument> Get(IMongoDatabase database, string prefix, string name) =>
        database.GetCollection<BsonDocument>(prefix + name);
}
