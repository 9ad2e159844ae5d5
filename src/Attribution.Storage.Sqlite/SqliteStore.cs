using Attribution.Storage.Access;
using Attribution.Storage.Catalog;
using Attribution.Storage.DataSets;
using Attribution.Storage.Erasures;
using Attribution.Storage.Formats;
using Attribution.Storage.Jobs;
using Attribution.Storage.Journeys;
using Attribution.Storage.Ledger;
using Attribution.Storage.Payouts;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Rejections;
using Attribution.Storage.Rollups;
using Attribution.Storage.Runs;
using Attribution.Storage.Sqlite.Access;
using Attribution.Storage.Sqlite.Catalog;
using Attribution.Storage.Sqlite.Database;
using Attribution.Storage.Sqlite.DataSets;
using Attribution.Storage.Sqlite.Erasures;
using Attribution.Storage.Sqlite.Formats;
using Attribution.Storage.Sqlite.Jobs;
using Attribution.Storage.Sqlite.Journeys;
using Attribution.Storage.Sqlite.Ledger;
using Attribution.Storage.Sqlite.Payouts;
using Attribution.Storage.Sqlite.Rebuilds;
using Attribution.Storage.Sqlite.Rejections;
using Attribution.Storage.Sqlite.Rollups;
using Attribution.Storage.Sqlite.Runs;
using Attribution.Storage.Sqlite.WebhookSubscriptions;
using Attribution.Storage.WebhookSubscriptions;

namespace Attribution.Storage.Sqlite;

/// <summary>
/// The store in one SQLite file. Thread-safe; several stores, in one or more processes of one machine, may share the
/// file.
/// </summary>
public sealed class SqliteStore : IStore
{
    /// <summary>The number that identifies a file as a store.</summary>
    public const int ApplicationId = SqliteSchema.ApplicationId;

    private readonly SqliteStoreContext context;

    private SqliteStore(SqliteStoreContext context, MissingPacks? missing)
    {
        (this.context, Missing) = (context, missing);
        Journeys = new SqliteJourneyStore(context);
        Ledger = new SqliteLedgerStore(context);
        Rejections = new SqliteRejectionStore(context);
        Rollups = new SqliteRollupStore(context);
        Reconciliation = new SqliteReconciliationStore(context);
        Jobs = new SqliteJobStore(context);
        Catalog = new SqliteCatalogStore(context);
        Credentials = new SqliteCredentialStore(context);
        WebhookSecrets = new SqliteWebhookSecretStore(context);
        Users = new SqliteUserStore(context);
        AuditLog = new SqliteAuditStore(context);
        Runs = new SqliteRunStore(context);
        Agreements = new SqliteAgreementStore(context);
        PayoutStatements = new SqlitePayoutStatementStore(context);
        Rebuilds = new SqliteRebuildStore(context);
        Erasures = new SqliteErasureStore(context);
        DataSets = new SqliteDataSetStore(context);
        WebhookSubscriptions = new SqliteWebhookSubscriptionStore(context);
    }

    /// <inheritdoc/>
    public string? Damage => context.Database.Damage;

    /// <inheritdoc/>
    public string? WriteFault => context.Database.WriteFault;

    /// <inheritdoc/>
    public MissingPacks? Missing { get; }

    /// <inheritdoc/>
    public IJourneyStore Journeys { get; }

    /// <inheritdoc/>
    public ILedgerStore Ledger { get; }

    /// <inheritdoc/>
    public IRejectionStore Rejections { get; }

    /// <inheritdoc/>
    public IRollupStore Rollups { get; }

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

    /// <summary>Gets the newest schema version that this build supports.</summary>
    public static int SchemaVersion => SqliteSchema.Migrations.Count;

    /// <summary>Opens the store, creates it if it does not exist, and upgrades it to this build's schema.</summary>
    /// <exception cref="StoreUnusableException">
    /// The file belongs to another application or a newer version, is damaged, or cannot be written.
    /// </exception>
    public static async ValueTask<SqliteStore> OpenAsync(SqliteStoreOptions options, CancellationToken cancellation)
    {
        var database = await SqliteDatabase.OpenAsync(
            options.Path, SqliteSchema.ApplicationId, SqliteSchema.Migrations, options.Database with { HasMark = true }, cancellation);
        try
        {
            var formats = new SqliteFormatStore(database, options.Formats);
            await formats.EnsureReadableAsync(cancellation);
            var timeZones = ParsedDataSets.ForTimeZones(options.TimeZones);
            await SqliteDataSetTable.AddAsync(
                database, DataSetContent.OfProcess(options.TimeZones, options.Currencies, options.BotRules), cancellation);
            // The mark is read first: another process may commit meanwhile.
            var missing = SqliteStoreMark.Parse(database.ReadMark()) is { } marked
                ? await database.ReadAsync(session => SqliteStoreMark.FindMissing(session, marked), cancellation)
                : null;
            return new SqliteStore(
                new SqliteStoreContext(
                    database, await database.ReadAsync(SqliteMeta.ReadAliasHash, cancellation), formats, timeZones,
                    ParsedDataSets.ForBotRules(options.BotRules)),
                missing);
        }
        catch (Exception e)
        {
            await database.DisposeAsync();
            if (e is SqliteFaultException fault) throw new StoreUnusableException(fault.Summary, fault);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask VerifyAsync(CancellationToken cancellation) =>
        new(Task.Run(() => context.Database.Verify(cancellation), cancellation));

    /// <inheritdoc/>
    public ValueTask ProbeAsync(CancellationToken cancellation) => context.Database.ProbeAsync(cancellation);

    /// <summary>Waits for the work in progress, then closes the file.</summary>
    public ValueTask DisposeAsync() => context.Database.DisposeAsync();
}
