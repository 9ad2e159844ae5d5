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
using Attribution.Storage.WebhookSubscriptions;

namespace Attribution.Storage;

/// <summary>A store: all ports over one database. Disposing it closes the database.</summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>Gets one sentence about damage that was found since the store was opened; null if none was.</summary>
    string? Damage { get; }

    /// <summary>
    /// Gets one sentence about why the last write failed although the store can be read, for example a full disk; null
    /// since a write succeeded.
    /// </summary>
    string? WriteFault { get; }

    /// <summary>
    /// Gets the packs that the store lacked when it was opened, by the mark next to it; null if it lacked none, or has no
    /// mark.
    /// </summary>
    MissingPacks? Missing { get; }

    /// <summary>Checks the whole store for damage, which <see cref="Damage"/> then contains. May take minutes.</summary>
    ValueTask VerifyAsync(CancellationToken cancellation);

    /// <summary>
    /// Tries to write again, without a change, if the last write failed, so that <see cref="WriteFault"/> is null as soon as
    /// the store can be written, even without another write.
    /// </summary>
    /// <exception cref="StoreFaultException">The store still cannot be written.</exception>
    ValueTask ProbeAsync(CancellationToken cancellation);

    /// <summary>Gets the port of journeys, aliases and archived packs.</summary>
    IJourneyStore Journeys { get; }

    /// <summary>Gets the port that reads the ledger.</summary>
    ILedgerStore Ledger { get; }

    /// <summary>Gets the port of refused events.</summary>
    IRejectionStore Rejections { get; }

    /// <summary>Gets the port of daily rollups.</summary>
    IRollupStore Rollups { get; }

    /// <summary>Gets the port of reconciliation.</summary>
    IReconciliationStore Reconciliation { get; }

    /// <summary>Gets the port of job runs, leases and fit attempts.</summary>
    IJobStore Jobs { get; }

    /// <summary>Gets the port of the catalog.</summary>
    ICatalogStore Catalog { get; }

    /// <summary>Gets the port of API keys.</summary>
    ICredentialStore Credentials { get; }

    /// <summary>Gets the port of webhook secrets.</summary>
    IWebhookSecretStore WebhookSecrets { get; }

    /// <summary>Gets the port of users and session keys.</summary>
    IUserStore Users { get; }

    /// <summary>Gets the port of the audit log.</summary>
    IAuditStore AuditLog { get; }

    /// <summary>Gets the port of background runs.</summary>
    IRunStore Runs { get; }

    /// <summary>Gets the port of agreements that are settled per period.</summary>
    IAgreementStore Agreements { get; }

    /// <summary>Gets the port of creators' accounts and payout statements.</summary>
    IPayoutStatementStore PayoutStatements { get; }

    /// <summary>Gets the port of rebuilds.</summary>
    IRebuildStore Rebuilds { get; }

    /// <summary>Gets the port that erases people and deletes old data.</summary>
    IErasureStore Erasures { get; }

    /// <summary>Gets the port of processes and agreed versions of formats.</summary>
    IFormatStore Formats { get; }

    /// <summary>Gets the port of webhook subscriptions.</summary>
    IWebhookSubscriptionStore WebhookSubscriptions { get; }

    /// <summary>Gets the port of data sets.</summary>
    IDataSetStore DataSets { get; }
}
