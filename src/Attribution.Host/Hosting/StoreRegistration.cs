using Attribution.Host.Configuration;
using Attribution.Host.Jobs;
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
using Attribution.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Hosting;

/// <summary>Registers the store.</summary>
internal static class StoreRegistration
{
    /// <summary>Registers the store under its ports, the catalog that is read from it, and the check that it can be read.</summary>
    public static IServiceCollection AddStore(this IServiceCollection services)
    {
        services.AddSingleton(provider => new OpenedStore(
            provider.GetRequiredService<HostSettings>(), provider.GetRequiredService<IOptions<StoreOptions>>().Value,
            provider.GetRequiredService<IOptions<ReferenceOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<DataLossLog>()));
        services.AddSingleton<StoreCondition>();
        services.AddExceptionHandler<StoreFaultHandler>();
        services.AddHostedService<StoreVerification>();
        services.AddStorePorts(provider => provider.GetRequiredService<OpenedStore>().Store);
        services.AddSingleton<FileCompaction>(provider => provider.GetRequiredService<IErasureStore>().CompactAsync);
        services.AddSingleton<CatalogCache>();
        services.AddHostedService<FormatRegistration>();
        services.AddHostedService<SnapshotRefresher>();
        services.AddHealthChecks().AddCheck<StoreHealthCheck>("store");
        return services;
    }

    /// <summary>Registers every port of a store.</summary>
    public static IServiceCollection AddStorePorts(this IServiceCollection services, Func<IServiceProvider, IStore> getStore)
    {
        services.AddSingleton<IJourneyStore>(provider => getStore(provider).Journeys);
        services.AddSingleton<ILedgerStore>(provider => getStore(provider).Ledger);
        services.AddSingleton<IRejectionStore>(provider => getStore(provider).Rejections);
        services.AddSingleton<IRollupStore>(provider => getStore(provider).Rollups);
        services.AddSingleton<IReconciliationStore>(provider => getStore(provider).Reconciliation);
        services.AddSingleton<IJobStore>(provider => getStore(provider).Jobs);
        services.AddSingleton<ICatalogStore>(provider => getStore(provider).Catalog);
        services.AddSingleton<ICredentialStore>(provider => getStore(provider).Credentials);
        services.AddSingleton<IWebhookSecretStore>(provider => getStore(provider).WebhookSecrets);
        services.AddSingleton<IWebhookSubscriptionStore>(provider => getStore(provider).WebhookSubscriptions);
        services.AddSingleton<IUserStore>(provider => getStore(provider).Users);
        services.AddSingleton<IAuditStore>(provider => getStore(provider).AuditLog);
        services.AddSingleton<RunWakeup>();
        services.AddSingleton<IRunStore>(provider => new WakingRunStore(getStore(provider).Runs, provider.GetRequiredService<RunWakeup>()));
        services.AddSingleton<IAgreementStore>(provider => getStore(provider).Agreements);
        services.AddSingleton<IPayoutStatementStore>(provider => getStore(provider).PayoutStatements);
        services.AddSingleton<IRebuildStore>(provider => getStore(provider).Rebuilds);
        services.AddSingleton<IErasureStore>(provider => getStore(provider).Erasures);
        services.AddSingleton<IFormatStore>(provider => getStore(provider).Formats);
        services.AddSingleton<IDataSetStore>(provider => getStore(provider).DataSets);
        return services;
    }

    /// <summary>Reads the least there is to read, and reports what writers and other readers met.</summary>
    private sealed class StoreHealthCheck(ICatalogStore store, OpenedStore opened, StoreCondition condition) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await store.ReadCatalogVersionAsync(cancellationToken);
                await opened.Store.ProbeAsync(cancellationToken);
                return condition.Fault is { } fault ? HealthCheckResult.Unhealthy(fault) : HealthCheckResult.Healthy();
            }
            catch (StoreFaultException e)
            {
                return HealthCheckResult.Unhealthy(e.Summary, e);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                return HealthCheckResult.Unhealthy($"The store cannot be read: {e.Message}", e);
            }
        }
    }
}
