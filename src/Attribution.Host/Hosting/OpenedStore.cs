using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Configuration;
using Attribution.Storage;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;
using Attribution.Storage.MongoDb;
using Attribution.Storage.Sqlite;

namespace Attribution.Host.Hosting;

/// <summary>Store of the host, opened before any service starts and closed after all services have stopped.</summary>
internal sealed class OpenedStore(
    HostSettings host, StoreOptions section, ReferenceOptions reference, TimeProvider time, DataLossLog losses) : IAsyncDisposable
{
    private IStore? store;

    /// <summary>Gets the store.</summary>
    /// <exception cref="InvalidOperationException">The store is not open.</exception>
    public IStore Store => store ?? throw new InvalidOperationException("The store is not open.");

    /// <summary>Opens the SQLite store of the data folder, or the MongoDB store.</summary>
    /// <exception cref="StartupException">
    /// The store belongs to another program, has a newer version, is corrupt, or cannot be written or reached.
    /// </exception>
    public async ValueTask OpenAsync(CancellationToken cancellation)
    {
        try
        {
            var timeZones = reference.ReadTimeZones();
            var botRules = reference.ReadBotRules();
            var formats = FormatVersions.Newest.With(DataSetKinds.TimeZones, timeZones.Number)
                .With(DataSetKinds.BotRules, botRules.Number!.Value);
            store = section.Kind == StoreKind.MongoDb
                ? await MongoStore.OpenAsync(
                    section.MongoDb.ConnectionString, section.MongoDb.Database, cancellation, formats: formats, timeZones: timeZones,
                    botRules: botRules, tls: section.MongoDb.Tls)
                : await SqliteStore.OpenAsync(
                    new SqliteStoreOptions { Path = host.StoreFile, Formats = formats, TimeZones = timeZones, BotRules = botRules }, cancellation);
            await CheckTimeZonesAsync(timeZones, cancellation);
        }
        catch (StoreUnusableException e)
        {
            throw StartupException.ForEnvironment(e.Message, e);
        }

        if (store.Missing is { } missing)
            losses.Add(DataLoss.FromStore(missing, Path.GetFileName(host.StoreFile), time.GetUtcNow()));
    }

    /// <summary>Checks that a file of time zones, if one is specified, contains those of all brands.</summary>
    private async ValueTask CheckTimeZonesAsync(TimeZoneSet timeZones, CancellationToken cancellation)
    {
        if (timeZones == TimeZoneSet.Bundled) return;
        var catalog = await Store.Catalog.LoadCatalogAsync(cancellation);
        if (catalog.Items.Values.OfType<BrandItem>().FirstOrDefault(brand => !timeZones.Contains(brand.TimeZone)) is { } brand)
            throw StartupException.ForConfiguration([
                $"Reference:TimeZones: '{reference.TimeZones}' does not contain {brand.TimeZone}, the time zone of brand '{brand.Id}': "
                + "specify a complete file of the tz database."]);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store?.DisposeAsync() ?? ValueTask.CompletedTask;
}
