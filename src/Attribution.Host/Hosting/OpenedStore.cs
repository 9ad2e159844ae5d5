using Attribution.Host.Configuration;
using Attribution.Storage;
using Attribution.Storage.MongoDb;
using Attribution.Storage.Sqlite;

namespace Attribution.Host.Hosting;

/// <summary>The store, opened before anything starts and closed after everything has stopped.</summary>
internal sealed class OpenedStore(HostSettings host, StoreOptions section) : IAsyncDisposable
{
    private IStore? store;

    /// <summary>The store.</summary>
    /// <exception cref="InvalidOperationException">It is not open.</exception>
    public IStore Store => store ?? throw new InvalidOperationException("The store is not open.");

    /// <summary>Opens the store of the data folder, or of the cluster.</summary>
    /// <exception cref="StartupException">It is foreign, newer or corrupt, or cannot be written or reached.</exception>
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
