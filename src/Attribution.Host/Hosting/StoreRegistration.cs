using Attribution.Host.Configuration;
using Attribution.Host.Jobs;
using Attribution.Storage.Access;
using Attribution.Storage.Catalog;
using Attribution.Storage.Erasures;
using Attribution.Storage.Journeys;
using Attribution.Storage.Payouts;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Rollups;
using Attribution.Storage.Runs;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Hosting;

/// <summary>Registers the store.</summary>
internal static class StoreRegistration
{
    /// <summary>Registers the store under its ports, the catalog that is read from it, and the check that it can be read.</summary>
    public static IServiceCollection AddStore(this IServiceCollection services)
    {
        services.AddSingleton(provider => new OpenedStore(provider.GetRequiredService<HostSettings>(), provider.GetRequiredService<IOptions<StoreOptions>>().Value));
        services.AddSingleton<IJourneyStore>(provider => provider.GetRequiredService<OpenedStore>().Store);
        services.AddSingleton<ICatalogStore>(provider => provider.GetRequiredService<OpenedStore>().Store);
        services.AddSingleton<IRollupStore>(provider => provider.GetRequiredService<OpenedStore>().Store);
        services.AddSingleton<ICredentialStore>(provider => provider.GetRequiredService<OpenedStore>().Store);
        services.AddSingleton<IErasureStore>(provider => provider.GetRequiredService<OpenedStore>().Store);
        services.AddSingleton<FileCompaction>(provider => provider.GetRequiredService<OpenedStore>().Store.CompactAsync);
        services.AddSingleton<IAuditStore>(provider => provider.GetRequiredService<OpenedStore>().Store);
        services.AddSingleton<IUserStore>(provider => provider.GetRequiredService<OpenedStore>().Store);
        services.AddSingleton<IRunStore>(provider => provider.GetRequiredService<OpenedStore>().Store);
        services.AddSingleton<IRebuildStore>(provider => provider.GetRequiredService<OpenedStore>().Store);
        services.AddSingleton<IAgreementStore>(provider => provider.GetRequiredService<OpenedStore>().Store);
        services.AddSingleton<IPayoutStatementStore>(provider => provider.GetRequiredService<OpenedStore>().Store);
        services.AddSingleton<CatalogCache>();
        services.AddHostedService<SnapshotRefresher>();
        services.AddHealthChecks().AddCheck<StoreHealthCheck>("store");
        return services;
    }

    /// <summary>Reads the least there is to read.</summary>
    private sealed class StoreHealthCheck(ICatalogStore store) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await store.ReadCatalogVersionAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                return HealthCheckResult.Unhealthy($"The store cannot be read: {e.Message}", e);
            }
        }
    }
}
