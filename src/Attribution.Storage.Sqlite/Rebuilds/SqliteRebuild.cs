using Attribution.Contracts;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rebuilds;

namespace Attribution.Storage.Sqlite.Rebuilds;

/// <summary>A rebuild: the store that serves, and the scratch that takes the commits.</summary>
internal sealed class SqliteRebuild(SqliteStore serving, SqliteStore scratch) : IRebuild
{
    public IJourneyStore Journeys => scratch;

    public ICatalogStore Catalog => scratch;

    public ValueTask CopyCatalogAsync(CancellationToken cancellation) => serving.CopyCatalogAsync(scratch, cancellation);

    public ValueTask<IReadOnlyList<EventPack>> ReadNextPacksAsync(CancellationToken cancellation) => serving.ReadPacksAfterAsync(scratch, cancellation);

    public async ValueTask<(long Done, long Total)> CountPacksAsync(CancellationToken cancellation) =>
        (await scratch.CountPacksAsync(cancellation), await serving.CountPacksAsync(cancellation));

    public ValueTask<RebuildOutcome?> SwapAsync(RebuildSwap swap, CancellationToken cancellation) => serving.SwapAsync(scratch, swap, cancellation);

    public ValueTask DisposeAsync() => scratch.DisposeAsync();
}
