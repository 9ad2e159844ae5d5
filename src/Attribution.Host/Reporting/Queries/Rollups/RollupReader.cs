using Attribution.Core.Catalog;
using Attribution.Host.Hosting;
using Attribution.Storage.Catalog;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>
/// Opener of the reading for an answer that is written row by row, with the catalog of the same moment. Singleton.
/// </summary>
internal sealed class RollupReader(CatalogCache catalogs, ICatalogStore catalogStore, IRollupStore store)
{
    /// <summary>
    /// Number of readings that a write of the catalog may overtake. After that, the catalog is read from its history.
    /// </summary>
    private const int MaxAttempts = 3;

    private volatile CatalogSnapshot? earlier;

    /// <summary>
    /// Opens the reading of a query: streamed if it may be long, otherwise added up by the store.
    /// </summary>
    /// <returns>The reading, and the query with the catalog of its moment.</returns>
    public async Task<(RollupQuery Query, RollupReading Reading)> OpenAsync(
        RollupQuery query, CancellationToken cancellation)
    {
        // Reading as of an earlier time is slow, so the version of that time is looked up first.
        if (query.AsOf is not null)
        {
            var state = await store.ReadStateAsync(query.Brand.Id, query.AsOf, cancellation);
            query = query.WithCatalog(await ReadCatalogAsync(state.Moment.CatalogVersion, cancellation));
        }

        for (var attempt = 1; ; attempt++)
        {
            var reading = await ReadAsync(query, store, cancellation);
            var version = reading.Moment.CatalogVersion;
            if (version == query.Catalog.Version) return (query, reading);
            query = query.WithCatalog(attempt < MaxAttempts && query.AsOf is null
                ? await catalogs.RefreshAsync(cancellation)
                : await ReadCatalogAsync(version, cancellation));
        }
    }

    /// <summary>Opens only the reading of a query.</summary>
    public static async Task<RollupReading> ReadAsync(
        RollupQuery query, IRollupStore store, CancellationToken cancellation) =>
        query.RequiresStreaming
            ? await store.ReadRollupsAsync(query.Brand.Id, query.From, query.To, query.AsOf, cancellation)
            : (await store.SumRollupsAsync(query.Brand.Id, [query.SumQuery], query.AsOf, cancellation))[0];

    private async Task<CatalogSnapshot> ReadCatalogAsync(long version, CancellationToken cancellation)
    {
        if (catalogs.Current is var current && current.Version == version) return current;
        if (earlier is { } known && known.Version == version) return known;
        return earlier = CatalogSnapshot.Create(await catalogStore.LoadCatalogAtAsync(version, cancellation));
    }
}
