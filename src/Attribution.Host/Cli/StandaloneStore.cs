using Attribution.Contracts.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Storage.Access;

namespace Attribution.Host.Cli;

/// <summary>Store of a configuration, opened without a host, for commands that work on the store directly.</summary>
internal sealed class StandaloneStore : IAsyncDisposable
{
    private readonly OpenedStore opened;

    private StandaloneStore(OpenedStore opened) => this.opened = opened;

    /// <summary>Gets the API keys.</summary>
    public ICredentialStore Keys => opened.Store.Credentials;

    /// <summary>Gets the webhook secrets.</summary>
    public IWebhookSecretStore WebhookSecrets => opened.Store.WebhookSecrets;

    /// <summary>Gets the users of the page.</summary>
    public IUserStore Users => opened.Store.Users;

    /// <summary>Writes an action of a command to the audit log.</summary>
    public async ValueTask AuditAsync(string action, CancellationToken cancellation) =>
        await opened.Store.AuditLog.AddAuditEntryAsync(
            new AuditEntry { At = Now, By = "command line", Action = action }, cancellation);

    /// <summary>Gets the time at which the command started.</summary>
    public Timestamp Now { get; } = Timestamp.From(TimeProvider.System.GetUtcNow());

    /// <summary>Opens the store.</summary>
    /// <exception cref="StartupException">The configuration is invalid, or the store cannot be opened.</exception>
    public static async Task<StandaloneStore> OpenAsync(
        IReadOnlyCollection<string> settings, CancellationToken cancellation)
    {
        var configuration = AttributionHost.CreateBuilder(settings).Configuration;
        var errors = new List<string>();
        var host = AttributionHostOptions.ReadSettings(configuration, errors);
        var store = StoreOptions.FromConfiguration(configuration);
        errors.AddRange(store.FindFaults());
        if (errors.Count > 0) throw StartupException.ForConfiguration(errors);
        var opened = new OpenedStore(host, store);
        await opened.OpenAsync(cancellation);
        return new(opened);
    }

    /// <summary>Reads the ids of all brands.</summary>
    public async Task<IReadOnlySet<string>> BrandsAsync(CancellationToken cancellation)
    {
        var catalog = await opened.Store.Catalog.LoadCatalogAsync(cancellation);
        return catalog.Items.Values.OfType<BrandItem>().Select(brand => brand.Id).ToHashSet(StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => opened.DisposeAsync();
}
