using Attribution.Core.Catalog;
using Attribution.Storage.Catalog;

namespace Attribution.Host.Hosting;

/// <summary>
/// Catalog as last read, shared by all stages of the process. Thread-safe; a unit of work reads <see cref="Current"/>
/// once and keeps it.
/// </summary>
internal sealed class CatalogCache(ICatalogStore store) : IDisposable
{
    private readonly SemaphoreSlim reading = new(1);
    private volatile CatalogSnapshot? current;

    /// <summary>Gets the snapshot as last read.</summary>
    /// <exception cref="InvalidOperationException">
    /// The catalog has not been read; <see cref="RefreshAsync"/> runs at start.
    /// </exception>
    public CatalogSnapshot Current =>
        current ?? throw new InvalidOperationException("The catalog has not been read yet.");

    /// <summary>Reads the catalog if its version in the store has changed, and returns the current snapshot.</summary>
    public async ValueTask<CatalogSnapshot> RefreshAsync(CancellationToken cancellation)
    {
        await reading.WaitAsync(cancellation);
        try
        {
            var seen = current;
            if (seen is null || await store.ReadCatalogVersionAsync(cancellation) != seen.Version)
                current = seen = CatalogSnapshot.Create(await store.LoadCatalogAsync(cancellation));
            return seen;
        }
        finally
        {
            reading.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => reading.Dispose();
}
