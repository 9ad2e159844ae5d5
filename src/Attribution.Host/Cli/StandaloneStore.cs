using Attribution.Contracts.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Storage.Access;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;

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

    /// <summary>Gets the data sets.</summary>
    public IDataSetStore DataSets => opened.Store.DataSets;

    /// <summary>Gets the formats of stored documents.</summary>
    public IFormatStore Formats => opened.Store.Formats;

    /// <summary>Writes an action of a command to the audit log.</summary>
    public async ValueTask AuditAsync(string action, CancellationToken cancellation) =>
        await opened.Store.AuditLog.AddAuditEntryAsync(
            new AuditEntry { At = Now, By = "command line", Action = action }, cancellation);

    /// <summary>Gets the file of the store if there was none before; otherwise null.</summary>
    public string? CreatedFile { get; private init; }

    /// <summary>Gets the time at which the command started.</summary>
    public Timestamp Now { get; } = Timestamp.From(TimeProvider.System.GetUtcNow());

    /// <summary>Opens the store; creates it if it does not exist.</summary>
    /// <exception cref="StartupException">The configuration is invalid, or the store cannot be opened.</exception>
    public static async Task<StandaloneStore> OpenAsync(
        IReadOnlyCollection<string> settings, CancellationToken cancellation)
    {
        var (host, store, reference) = ReadOptions(settings);
        return await OpenAsync(host, store, reference, cancellation);
    }

    /// <summary>Opens the store; returns null if there is no SQLite file.</summary>
    /// <exception cref="StartupException">The configuration is invalid, or the store cannot be opened.</exception>
    public static async Task<StandaloneStore?> OpenExistingAsync(
        IReadOnlyCollection<string> settings, CancellationToken cancellation)
    {
        var (host, store, reference) = ReadOptions(settings);
        return store.Kind == StoreKind.MongoDb || File.Exists(host.StoreFile)
            ? await OpenAsync(host, store, reference, cancellation) : null;
    }

    /// <summary>Reads the section about data sets of a configuration, without its store.</summary>
    /// <exception cref="StartupException">The configuration is invalid.</exception>
    public static ReferenceOptions ReadReference(IReadOnlyCollection<string> settings) => ReadOptions(settings).Reference;

    /// <summary>Reads the sections of a configuration that concern the store, without opening it.</summary>
    /// <exception cref="StartupException">The configuration is invalid.</exception>
    public static (HostSettings Host, StoreOptions Store, ReferenceOptions Reference) ReadOptions(
        IReadOnlyCollection<string> settings)
    {
        var configuration = AttributionHost.CreateBuilder(settings).Configuration;
        var errors = new List<string>();
        var host = AttributionHostOptions.ReadSettings(configuration, errors);
        var store = StoreOptions.FromConfiguration(configuration);
        errors.AddRange(store.FindFaults());
        var reference = ReferenceOptions.FromConfiguration(configuration);
        errors.AddRange(reference.FindFaults());
        if (errors.Count > 0) throw StartupException.ForConfiguration(errors);
        return (host, store, reference);
    }

    private static async Task<StandaloneStore> OpenAsync(
        HostSettings host, StoreOptions store, ReferenceOptions reference, CancellationToken cancellation)
    {
        var isNew = store.Kind != StoreKind.MongoDb && !File.Exists(host.StoreFile);
        var opened = new OpenedStore(host, store, reference, TimeProvider.System, new DataLossLog(host));
        await opened.OpenAsync(cancellation);
        return new(opened) { CreatedFile = isNew ? host.StoreFile : null };
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
