using Attribution.Contracts.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Storage.Access;

namespace Attribution.Host.Cli;

/// <summary>The store of a configuration without a host on it, for commands that work beside one.</summary>
internal sealed class StandaloneStore : IAsyncDisposable
{
    private readonly OpenedStore opened;

    private StandaloneStore(OpenedStore opened) => this.opened = opened;

    /// <summary>The API keys.</summary>
    public ICredentialStore Keys => opened.Store.Credentials;

    /// <summary>Gets the webhook secrets.</summary>
    public IWebhookSecretStore WebhookSecrets => opened.Store.WebhookSecrets;

    /// <summary>The people who may sign in.</summary>
    public IUserStore Users => opened.Store.Users;

    /// <summary>Keeps that a command did something.</summary>
    public async ValueTask AuditAsync(string action, CancellationToken cancellation) =>
        await opened.Store.AuditLog.AddAuditEntryAsync(new AuditEntry { At = Now, By = "command line", Action = action }, cancellation);

    /// <summary>The clock.</summary>
    public Timestamp Now { get; } = Timestamp.From(TimeProvider.System.GetUtcNow());

    /// <summary>Opens it.</summary>
    /// <exception cref="StartupException">The configuration is at fault, or the store cannot be opened.</exception>
    public static async Task<StandaloneStore> OpenAsync(IReadOnlyCollection<string> settings, CancellationToken cancellation)
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

    /// <summary>The brands there are.</summary>
    public async Task<IReadOnlySet<string>> BrandsAsync(CancellationToken cancellation) =>
        (await opened.Store.Catalog.LoadCatalogAsync(cancellation)).Items.Values.OfType<BrandItem>().Select(brand => brand.Id).ToHashSet(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => opened.DisposeAsync();
}
