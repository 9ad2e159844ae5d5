using Attribution.Storage.Access;
using Attribution.Storage.Catalog;
using Attribution.Storage.Erasures;
using Attribution.Storage.Jobs;
using Attribution.Storage.Journeys;
using Attribution.Storage.Ledger;
using Attribution.Storage.Payouts;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Rejections;
using Attribution.Storage.Rollups;
using Attribution.Storage.Runs;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

/// <summary>
/// The store in a MongoDB database, of a replica set or a sharded cluster, 6.0 or later. Thread-safe; any number of processes share it. What
/// stands in which collection, and why: <c>infra/mongodb/README.md</c>.
/// </summary>
public sealed partial class MongoStore
    : IStore, IJourneyStore, ILedgerStore, IRejectionStore, IRollupStore, IReconciliationStore, IJobStore, ICatalogStore, ICredentialStore,
        IWebhookSecretStore, IUserStore, IAuditStore, IRunStore, IAgreementStore, IPayoutStatementStore, IRebuildStore, IErasureStore
{
    private readonly IMongoClient client;
    private readonly IMongoDatabase database;
    private readonly string prefix;
    private readonly Action<string>? beforeStatement;

    /// <summary>A rebuild's generation: packs' archives, ledger lines, deltas and rejections stand in the store that serves. Null: this one serves.</summary>
    private readonly long? rebuildGeneration;

    private MongoStore(IMongoClient client, IMongoDatabase database, Action<string>? beforeStatement, long? rebuilding = null)
    {
        (this.client, this.database, this.beforeStatement, this.rebuildGeneration) = (client, database, beforeStatement, rebuilding);
        prefix = rebuilding is null ? "" : MongoSchema.RebuildPrefix;
        (Meta, Gates, Packs) = (GetCollection("meta"), GetCollection("gates"), GetCollection("packs"));
        (Items, Fits, History) = (GetCollection("catalogItems"), GetCollection("fits"), GetCollection("catalogHistory"));
        (Ledger, Rejections, Deltas) = (GetCollection("ledger"), GetCollection("rejections"), GetCollection("deltas"));
        (RollupCells, Fortnights, Seasons, CampaignDays) = (GetCollection("rollups"), GetCollection("rollupFortnights"), GetCollection("rollupSeasons"), GetCollection("rollupCampaigns"));
        (Unmatched, Manifests, Closings) = (GetCollection("unmatched"), GetCollection("manifests"), GetCollection("closings"));
        (Jobs, Leases, FitAttempts, Runs) = (GetCollection("jobs"), GetCollection("leases"), GetCollection("fitAttempts"), GetCollection("runs"));
        (Agreements, Statements, Approvals) = (GetCollection("agreements"), GetCollection("statements"), GetCollection("approvals"));
        (Keys, Secrets, AuditEntries) = (GetCollection("keys"), GetCollection("webhookSecrets"), GetCollection("audit"));
        (Users, SessionKeys) = (GetCollection("users"), GetCollection("sessionKeys"));
    }

    private IMongoCollection<BsonDocument> Meta { get; }

    private IMongoCollection<BsonDocument> Gates { get; }

    private IMongoCollection<BsonDocument> Packs { get; }

    private IMongoCollection<BsonDocument> Items { get; }

    private IMongoCollection<BsonDocument> Fits { get; }

    private IMongoCollection<BsonDocument> History { get; }

    private IMongoCollection<BsonDocument> Ledger { get; }

    private IMongoCollection<BsonDocument> Rejections { get; }

    private IMongoCollection<BsonDocument> Deltas { get; }

    private IMongoCollection<BsonDocument> RollupCells { get; }

    private IMongoCollection<BsonDocument> CampaignDays { get; }

    private IMongoCollection<BsonDocument> Fortnights { get; }

    private IMongoCollection<BsonDocument> Seasons { get; }

    private IMongoCollection<BsonDocument> Unmatched { get; }

    private IMongoCollection<BsonDocument> Manifests { get; }

    private IMongoCollection<BsonDocument> Closings { get; }

    private IMongoCollection<BsonDocument> Jobs { get; }

    private IMongoCollection<BsonDocument> Leases { get; }

    private IMongoCollection<BsonDocument> FitAttempts { get; }

    private IMongoCollection<BsonDocument> Runs { get; }

    private IMongoCollection<BsonDocument> Keys { get; }

    private IMongoCollection<BsonDocument> Secrets { get; }

    private IMongoCollection<BsonDocument> Users { get; }

    private IMongoCollection<BsonDocument> SessionKeys { get; }

    private IMongoCollection<BsonDocument> Agreements { get; }

    private IMongoCollection<BsonDocument> Statements { get; }

    private IMongoCollection<BsonDocument> Approvals { get; }

    private IMongoCollection<BsonDocument> AuditEntries { get; }

    IJourneyStore IStore.Journeys => this;

    ILedgerStore IStore.Ledger => this;

    IRejectionStore IStore.Rejections => this;

    IRollupStore IStore.Rollups => this;

    IReconciliationStore IStore.Reconciliation => this;

    IJobStore IStore.Jobs => this;

    ICatalogStore IStore.Catalog => this;

    ICredentialStore IStore.Credentials => this;

    IWebhookSecretStore IStore.WebhookSecrets => this;

    IUserStore IStore.Users => this;

    IAuditStore IStore.AuditLog => this;

    IRunStore IStore.Runs => this;

    IAgreementStore IStore.Agreements => this;

    IPayoutStatementStore IStore.PayoutStatements => this;

    IRebuildStore IStore.Rebuilds => this;

    IErasureStore IStore.Erasures => this;

    /// <summary>Opens the store and makes what is missing of its collections, indexes and, on a sharded cluster, shard keys.</summary>
    /// <param name="connectionString">As <c>mongodb://user:password@host1,host2/?replicaSet=rs0</c>. It may name anything but read and write concern and read preference, which are the store's.</param>
    /// <param name="databaseName">The database; it is the store's alone.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="beforeStatement">For tests: called before each statement of a write with its text, and after each commit.</param>
    /// <exception cref="StoreUnusableException">The server is away, refuses us, or has no transactions; or the database is another's or a newer version's.</exception>
    public static async ValueTask<MongoStore> OpenAsync(
        string connectionString, string databaseName, CancellationToken cancellation, Action<string>? beforeStatement = null)
    {
        MongoClient? client = null;
        try
        {
            var settings = MongoClientSettings.FromConnectionString(connectionString);
            (settings.ReadConcern, settings.WriteConcern, settings.ReadPreference) = (ReadConcern.Majority, WriteConcern.WMajority, ReadPreference.Primary);
            settings.ApplicationName ??= "attribution";
            client = new MongoClient(settings);
            var database = client.GetDatabase(databaseName);
            await MongoSchema.CreateAsync(database, cancellation);
            return new MongoStore(client, database, beforeStatement);
        }
        catch (Exception e)
        {
            client?.Dispose();
            // The text of a connection string holds a password: the driver's messages name servers alone.
            if (e is MongoException or TimeoutException or ArgumentException)
                throw new StoreUnusableException($"MongoDB cannot be used ({e.Message.ReplaceLineEndings(" ")}): see Store:MongoDb:ConnectionString and :Database, and that the server runs and lets this user in.", e);
            throw;
        }
    }

    /// <summary>Closes the connections, but a rebuild's, which are its store's.</summary>
    public ValueTask DisposeAsync()
    {
        if (rebuildGeneration is null) client.Dispose();
        return ValueTask.CompletedTask;
    }

    private IMongoCollection<BsonDocument> GetCollection(string name) => database.GetCollection<BsonDocument>(prefix + name);

    // Journeys, aliases and accruals stand in collections of their own for each generation, so that a rebuild is taken over by naming another.
    private IMongoCollection<BsonDocument> Journeys(long generation) => database.GetCollection<BsonDocument>(MongoSchema.Journeys(generation));

    private IMongoCollection<BsonDocument> Aliases(long generation) => database.GetCollection<BsonDocument>(MongoSchema.Aliases(generation));

    private IMongoCollection<BsonDocument> Accruals(long generation) => database.GetCollection<BsonDocument>(MongoSchema.Accruals(generation));
}
