using Attribution.Core.Catalog;
using Attribution.Host.Access;
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

/// <summary>
/// The catalog as the caller of a request sees it: for a caller restricted to a brand, the items of that brand and the
/// items that all brands share. Answers that are made of it cannot depend on what other brands have.
/// </summary>
internal sealed class CallerCatalog(CatalogCache catalogs, string? onlyBrand)
{
    /// <summary>Returns the catalog of an authorized request. Endpoints take it as a parameter.</summary>
    public static ValueTask<CallerCatalog> BindAsync(HttpContext http) => ValueTask.FromResult(ForRequest(http));

    /// <inheritdoc cref="BindAsync"/>
    public static CallerCatalog ForRequest(HttpContext http) =>
        new(http.RequestServices.GetRequiredService<CatalogCache>(), Caller.FromContext(http).OnlyBrand);

    /// <summary>Reads the catalog if its version in the store has changed, and returns what the caller sees of it.</summary>
    public async ValueTask<CatalogSnapshot> RefreshAsync(CancellationToken cancellation)
    {
        var snapshot = await catalogs.RefreshAsync(cancellation);
        return onlyBrand is null ? snapshot : snapshot.RestrictTo(onlyBrand);
    }
}
