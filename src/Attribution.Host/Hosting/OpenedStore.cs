using Attribution.Host.Configuration;
using Attribution.Storage;
using Attribution.Storage.MongoDb;
using Attribution.Storage.Sqlite;

namespace Attribution.Host.Hosting;

/// <summary>Store of the host, opened before any service starts and closed after all services have stopped.</summary>
internal sealed class OpenedStore(HostSettings host, StoreOptions section) : IAsyncDisposable
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
            store = section.Kind == StoreKind.MongoDb
                ? await MongoStore.OpenAsync(section.MongoDb.ConnectionString, section.MongoDb.Database, cancellation)
                : await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = host.StoreFile }, cancellation);
        }
        catch (StoreUnusableException e)
        {
            throw StartupException.ForEnvironment(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store?.DisposeAsync() ?? ValueTask.CompletedTask;
}
