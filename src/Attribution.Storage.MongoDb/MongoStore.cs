using Attribution.Core.Catalog;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Storage.Access;
using Attribution.Storage.Catalog;
using Attribution.Storage.DataSets;
using Attribution.Storage.Erasures;
using Attribution.Storage.Formats;
using Attribution.Storage.Jobs;
using Attribution.Storage.Journeys;
using Attribution.Storage.Ledger;
using Attribution.Storage.MongoDb.Access;
using Attribution.Storage.MongoDb.Catalog;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.DataSets;
using Attribution.Storage.MongoDb.Erasures;
using Attribution.Storage.MongoDb.Jobs;
using Attribution.Storage.MongoDb.Journeys;
using Attribution.Storage.MongoDb.Ledger;
using Attribution.Storage.MongoDb.Payouts;
using Attribution.Storage.MongoDb.Rebuilds;
using Attribution.Storage.MongoDb.Rejections;
using Attribution.Storage.MongoDb.Rollups;
using Attribution.Storage.MongoDb.Runs;
using Attribution.Storage.MongoDb.WebhookSubscriptions;
using Attribution.Storage.Payouts;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Rejections;
using Attribution.Storage.Rollups;
using Attribution.Storage.Runs;
using Attribution.Storage.WebhookSubscriptions;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

/// <summary>
/// The store in a MongoDB database of a replica set or a sharded cluster, version 6.0 or later. Thread-safe; any number
/// of processes can share it. <c>docs/operations/mongodb.md</c> describes the collections.
/// </summary>
public sealed class MongoStore : IStore
{
    private readonly MongoStoreContext context;

    private MongoStore(MongoStoreContext context)
    {
        this.context = context;
        (Journeys, Ledger, Rejections) = (new MongoJourneyStore(context), new MongoLedgerStore(context), new MongoRejectionStore(context));
        (Rollups, Reconciliation) = (new MongoRollupStore(context), new MongoReconciliationStore(context));
        (Jobs, Catalog, Runs) = (new MongoJobStore(context), new MongoCatalogStore(context), new MongoRunStore(context));
        (Credentials, WebhookSecrets) = (new MongoCredentialStore(context), new MongoWebhookSecretStore(context));
        (Users, AuditLog) = (new MongoUserStore(context), new MongoAuditStore(context));
        (Agreements, PayoutStatements) = (new MongoAgreementStore(context), new MongoPayoutStatementStore(context));
        (Rebuilds, Erasures) = (new MongoRebuildStore(context), new MongoErasureStore(context));
        (DataSets, WebhookSubscriptions) = (new MongoDataSetStore(context), new MongoWebhookSubscriptionStore(context));
    }

    /// <inheritdoc/>
    public IJourneyStore Journeys { get; }

    /// <inheritdoc/>
    public ILedgerStore Ledger { get; }

    /// <inheritdoc/>
    public IRejectionStore Rejections { get; }

    /// <inheritdoc/>
    public IRollupStore Rollups { get; }

    /// <summary>Gets null: the server watches over its files.</summary>
    public string? Damage => null;

    /// <summary>Gets null: a server that refuses writes is an unavailable one.</summary>
    public string? WriteFault => null;

    /// <summary>Gets null: the store has no mark.</summary>
    public MissingPacks? Missing => null;

    /// <inheritdoc/>
    public IReconciliationStore Reconciliation { get; }

    /// <inheritdoc/>
    public IJobStore Jobs { get; }

    /// <inheritdoc/>
    public ICatalogStore Catalog { get; }

    /// <inheritdoc/>
    public ICredentialStore Credentials { get; }

    /// <inheritdoc/>
    public IWebhookSecretStore WebhookSecrets { get; }

    /// <inheritdoc/>
    public IUserStore Users { get; }

    /// <inheritdoc/>
    public IAuditStore AuditLog { get; }

    /// <inheritdoc/>
    public IRunStore Runs { get; }

    /// <inheritdoc/>
    public IAgreementStore Agreements { get; }

    /// <inheritdoc/>
    public IPayoutStatementStore PayoutStatements { get; }

    /// <inheritdoc/>
    public IRebuildStore Rebuilds { get; }

    /// <inheritdoc/>
    public IErasureStore Erasures { get; }

    /// <inheritdoc/>
    public IFormatStore Formats => context.Formats;

    /// <inheritdoc/>
    public IDataSetStore DataSets { get; }

    /// <inheritdoc/>
    public IWebhookSubscriptionStore WebhookSubscriptions { get; }

    /// <summary>
    /// Gets the time for which a call waits for the server's answer, unless the connection string has <c>socketTimeoutMS</c>.
    /// Then the call fails; a commit is sent again, and its outcome is found by the packs that the store has.
    /// </summary>
    public static TimeSpan CallTimeout { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Opens the store. Creates missing collections, indexes and, on a sharded cluster, shard keys.</summary>
    /// <param name="connectionString">
    /// Connection string, for example <c>mongodb://user:password@host1,host2/?replicaSet=rs0</c>. The store sets read
    /// concern, write concern and read preference itself; any other option is allowed.
    /// </param>
    /// <param name="databaseName">Database of the store. It must contain nothing else.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <param name="beforeStatement">
    /// Test hook: receives the text of each statement of a write, and is called after each commit.
    /// </param>
    /// <param name="formats">
    /// Newest versions of formats that the caller reads; null: those of this build. Tests open a store as an older build.
    /// </param>
    /// <param name="timeZones">
    /// Time zones of the caller, of the version that <paramref name="formats"/> names; null: those of this build.
    /// </param>
    /// <param name="botRules">
    /// Bot rules of the caller, of the version that <paramref name="formats"/> names; null: those of this build.
    /// </param>
    /// <param name="tls">Certificates; null: those that the connection string names.</param>
    /// <exception cref="StoreUnusableException">
    /// The server is unavailable, rejects the user, or has no transactions; or the database belongs to another
    /// application or to a newer version.
    /// </exception>
    public static async ValueTask<MongoStore> OpenAsync(
        string connectionString, string databaseName, CancellationToken cancellation, Action<string>? beforeStatement = null,
        FormatVersions? formats = null, TimeZoneSet? timeZones = null, BotRules? botRules = null, MongoTls? tls = null)
    {
        MongoClient? client = null;
        try
        {
            var settings = MongoConnection.CreateSettings(connectionString, tls);
            client = new MongoClient(settings);
            // Indexes of filled collections may take longer than any call of the running store.
            await MongoSchema.CreateAsync(client.GetDatabase(databaseName), cancellation);
            client.Dispose();
            if (settings.SocketTimeout <= TimeSpan.Zero) settings.SocketTimeout = CallTimeout;
            client = new MongoClient(settings);
            var database = client.GetDatabase(databaseName);
            var context = new MongoStoreContext(
                client, database, beforeStatement, formats ?? FormatVersions.Newest, ParsedDataSets.ForTimeZones(timeZones ?? TimeZoneSet.Bundled),
                ParsedDataSets.ForBotRules(botRules ?? BotRules.Default));
            await context.Formats.EnsureReadableAsync(cancellation);
            await MongoDataSets.AddAsync(
                context, DataSetContent.OfProcess(timeZones ?? TimeZoneSet.Bundled, Currency.ListNumber, botRules ?? BotRules.Default), cancellation);
            return new MongoStore(context);
        }
        catch (Exception e)
        {
            var description = MongoConnection.Describe(e, client);
            client?.Dispose();
            if (e is StoreFaultException or ArgumentException || MongoFaultException.IsDriverFault(e)) throw new StoreUnusableException(description, e);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask VerifyAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask ProbeAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>Closes the connections.</summary>
    public ValueTask DisposeAsync()
    {
        context.Client.Dispose();
        return ValueTask.CompletedTask;
    }
}
