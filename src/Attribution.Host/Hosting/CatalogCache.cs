using Attribution.Core.Catalog;
using Attribution.Storage.Catalog;

namespace Attribution.Host.Hosting;

/// <summary>The catalog as last read, shared by all stages of the process. Thread-safe; readers take <see cref="Current"/> once and use that.</summary>
internal sealed class CatalogCache(ICatalogStore store) : IDisposable
{
    private readonly SemaphoreSlim reading = new(1);
    private volatile CatalogSnapshot? current;

    /// <summary>The snapshot as last read.</summary>
    /// <exception cref="InvalidOperationException">Nothing was read yet; <see cref="RefreshAsync"/> runs at start.</exception>
    public CatalogSnapshot Current => current ?? throw new InvalidOperationException("The catalog was not read yet.");

    /// <summary>Reads the catalog anew if the store's version is another one, and answers it.</summary>
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
