using Attribution.Contracts;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Sqlite.Catalog;
using Attribution.Storage.Sqlite.Journeys;

namespace Attribution.Storage.Sqlite.Rebuilds;

/// <summary>A rebuild in progress: the serving store, and the scratch store that receives the commits.</summary>
internal sealed class SqliteRebuild(SqliteStoreContext serving, SqliteStoreContext scratch) : IRebuild
{
    /// <inheritdoc/>
    public IJourneyStore Journeys { get; } = new SqliteJourneyStore(scratch);

    /// <inheritdoc/>
    public ICatalogStore Catalog { get; } = new SqliteCatalogStore(scratch);

    /// <inheritdoc/>
    public async ValueTask CopyCatalogAsync(CancellationToken cancellation)
    {
        var copy = await serving.Database.ReadAsync(SqliteCatalogCopy.Read, cancellation);
        await scratch.Database.WriteAsync(copy.Write, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<EventPack>> ReadNextPacksAsync(CancellationToken cancellation)
    {
        var last = await scratch.Database.ReadAsync(SqlitePackReader.FindLast, cancellation);
        return await serving.Database.ReadAsync(session => SqlitePackReader.ReadAfter(session, last), cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask<(long Done, long Total)> CountPacksAsync(CancellationToken cancellation) =>
        (await scratch.Database.ReadAsync(SqlitePackReader.Count, cancellation),
            await serving.Database.ReadAsync(SqlitePackReader.Count, cancellation));

    /// <inheritdoc/>
    public async ValueTask<RebuildOutcome?> SwapAsync(RebuildSwap swap, CancellationToken cancellation)
    {
        await serving.Formats.RaiseAsync(swap.At, cancellation);
        scratch.IsSwapping = true;
        try
        {
            // The duration grows with the store, so the swap uses its own thread.
            return await Task.Run(
                async () => await serving.Database.WriteAsync(
                    session => new SqliteRebuildSwap(serving, scratch, swap, session, cancellation).Run(), cancellation),
                cancellation);
        }
        finally
        {
            scratch.IsSwapping = false;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => scratch.Database.DisposeAsync();
}
