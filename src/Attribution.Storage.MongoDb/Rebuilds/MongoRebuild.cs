using Attribution.Contracts;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rebuilds;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Rebuilds;

/// <summary>A rebuild: the store that serves, and the scratch that takes the commits.</summary>
internal sealed class MongoRebuild(MongoStore serving, MongoStore scratch) : IRebuild
{
    private ObjectId after = ObjectId.Empty;

    public IJourneyStore Journeys => scratch;

    public ICatalogStore Catalog => scratch;

    public ValueTask CopyCatalogAsync(CancellationToken cancellation) => serving.CopyCatalogAsync(scratch, cancellation);

    public async ValueTask<IReadOnlyList<EventPack>> ReadNextPacksAsync(CancellationToken cancellation)
    {
        // Packs that appear late may stand before those taken already. At the end it begins again, but where there are as many here as there.
        if (after == ObjectId.Empty && await CountPacksAsync(cancellation) is var (done, total) && done == total) return [];
        (var packs, after) = await serving.ReadPacksAfterAsync(scratch, after, cancellation);
        if (packs.Count > 0 || await CountPacksAsync(cancellation) is var (now, all) && now == all) return packs;
        (packs, after) = await serving.ReadPacksAfterAsync(scratch, after, cancellation);
        return packs;
    }

    public async ValueTask<(long Done, long Total)> CountPacksAsync(CancellationToken cancellation) =>
        (await scratch.CountPacksAsync(cancellation), await serving.CountPacksAsync(cancellation));

    public ValueTask<RebuildOutcome?> SwapAsync(RebuildSwap swap, CancellationToken cancellation) => serving.SwapAsync(scratch, this, swap, cancellation);

    public ValueTask DisposeAsync() => scratch.DisposeAsync();
}
