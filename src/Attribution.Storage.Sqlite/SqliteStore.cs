using Attribution.Storage.Access;
using Attribution.Storage.Catalog;
using Attribution.Storage.Codecs;
using Attribution.Storage.Erasures;
using Attribution.Storage.Jobs;
using Attribution.Storage.Journeys;
using Attribution.Storage.Ledger;
using Attribution.Storage.Payouts;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Rejections;
using Attribution.Storage.Rollups;
using Attribution.Storage.Runs;
using Attribution.Storage.Sqlite.Database;
using Attribution.Storage.Sqlite.Journeys;

namespace Attribution.Storage.Sqlite;

/// <summary>The store in one SQLite file. Thread-safe; several, in one process or in several on one machine, may share the file.</summary>
public sealed partial class SqliteStore
    : IStore, IJourneyStore, ILedgerStore, IRejectionStore, IRollupStore, IReconciliationStore, IJobStore, ICatalogStore, ICredentialStore,
        IWebhookSecretStore, IUserStore, IAuditStore, IRunStore, IAgreementStore, IPayoutStatementStore, IRebuildStore, IErasureStore
{
    private readonly SqliteDatabase database;
    private readonly AliasHash hash;
    private readonly SqliteAliasIndex aliases;
    private readonly SqliteTieredIndex ledgerIndex = new("ledger_conversions");

    /// <summary>Of a rebuild: packs, ledger lines, deltas and rejections stand in the store that serves.</summary>
    private readonly bool isRebuild;

    private SqliteStore(SqliteDatabase database, AliasHash hash, bool journeysOnly = false) =>
        (this.database, this.hash, aliases, this.isRebuild) = (database, hash, new SqliteAliasIndex(hash, new SqliteTieredIndex("aliases")), journeysOnly);

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

    /// <summary>Opens the store, makes it when absent, and brings it up to this build's schema.</summary>
    /// <exception cref="StoreUnusableException">The file is another application's or a newer version's, is damaged, or cannot be written.</exception>
    public static async ValueTask<SqliteStore> OpenAsync(SqliteStoreOptions options, CancellationToken cancellation)
    {
        var database = await SqliteDatabase.OpenAsync(options.Path, SqliteSchema.ApplicationId, SqliteSchema.Migrations, options.Database, cancellation);
        try
        {
            return new SqliteStore(database, await database.ReadAsync(ReadAliasHash, cancellation));
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for work under way, then closes the file.</summary>
    public ValueTask DisposeAsync() => database.DisposeAsync();

    private static AliasHash ReadAliasHash(SqliteSession session)
    {
        var select = session["SELECT value FROM meta WHERE key = 'alias_key'"];
        return select.Step() && select.Blob(0) is { Length: 16 } key
            ? new AliasHash(key)
            : throw new StoreUnusableException($"{session.Path} is damaged (its alias key is missing): restore it from a copy, or name another data folder.");
    }
}
