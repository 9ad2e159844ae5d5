using Attribution.Contracts;
using Attribution.Storage.Catalog;
using Attribution.Storage.Codecs;
using Attribution.Storage.Journeys;
using Attribution.Storage.MongoDb.Catalog;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.DataSets;
using Attribution.Storage.MongoDb.Journeys;
using Attribution.Storage.Rebuilds;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Rebuilds;

/// <summary>An open rebuild.</summary>
/// <param name="serving">The store in use.</param>
/// <param name="scratch">The rebuild's generation, which takes the commits.</param>
internal sealed class MongoRebuild(MongoStoreContext serving, MongoStoreContext scratch) : IRebuild
{
    private ObjectId after = ObjectId.Empty;

    public IJourneyStore Journeys { get; } = new MongoJourneyStore(scratch);

    public ICatalogStore Catalog { get; } = new MongoCatalogStore(scratch);

    /// <inheritdoc/>
    /// <remarks>
    /// Copies in pieces, without a transaction: nothing reads the copy before it is complete, and one that was interrupted is
    /// made again.
    /// </remarks>
    public async ValueTask CopyCatalogAsync(CancellationToken cancellation)
    {
        var (source, target) = (serving.Collections, scratch.Collections);
        var versions = await serving.Transactions.ReadSnapshotAsync(
            async session =>
            {
                var meta = await MongoMeta.ReadAsync(session, source, cancellation);
                // Commits mark matched items again, and the swap copies the marks to the store in use.
                await CopyAsync(session, source.Items, target.Items, [], item => item["matched"] = false, cancellation);
                await CopyAsync(session, source.Fits, target.Fits, [], null, cancellation);
                await CopyAsync(session, source.DataSets, target.DataSets, MongoDataSets.AppliedFilter, null, cancellation);
                return new BsonDocument
                {
                    { "catalogVersion", meta["catalogVersion"] }, { "journeysVersion", meta["journeysVersion"] },
                };
            },
            cancellation);
        await scratch.Transactions.WriteSingleAsync(
            () => target.Meta.UpdateOneAsync(MongoMeta.StoreFilter, new BsonDocument("$set", versions), cancellationToken: cancellation));
    }

    public async ValueTask<IReadOnlyList<EventPack>> ReadNextPacksAsync(CancellationToken cancellation)
    {
        // A pack that is committed late may precede those that were read. At the end, reading therefore starts again
        // from the first pack unless both stores have the same number of packs.
        if (after == ObjectId.Empty && await HasAllPacksAsync(cancellation)) return [];
        (var packs, after) = await ReadPacksAfterAsync(cancellation);
        if (packs.Count > 0 || await HasAllPacksAsync(cancellation)) return packs;
        (packs, after) = await ReadPacksAfterAsync(cancellation);
        return packs;
    }

    public async ValueTask<(long Done, long Total)> CountPacksAsync(CancellationToken cancellation) =>
        (await MongoPacks.CountAsync(scratch, cancellation), await MongoPacks.CountAsync(serving, cancellation));

    public ValueTask<RebuildOutcome?> SwapAsync(RebuildSwap swap, CancellationToken cancellation) =>
        new MongoRebuildSwap(serving, scratch, this, swap).RunAsync(cancellation);

    /// <summary>Does nothing: the connections belong to the store in use.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Replaces the documents of a collection of the rebuild, a piece at a time.</summary>
    private async Task CopyAsync(
        MongoSession session, IMongoCollection<BsonDocument> from, IMongoCollection<BsonDocument> to, BsonDocument filter,
        Action<BsonDocument>? change, CancellationToken cancellation)
    {
        while (await to.Find(new BsonDocument()).Project(new BsonDocument("_id", 1)).Limit(BsonValues.MaxIds).ToListAsync(cancellation) is { Count: > 0 } old)
        {
            var piece = new BsonDocument("_id", BsonValues.MatchAny(old.Select(document => document["_id"])));
            await scratch.Transactions.WriteSingleAsync(() => to.DeleteManyAsync(piece, cancellation));
        }

        var copies = new List<BsonDocument>(BsonValues.MaxIds);
        await foreach (var document in session.StreamAsync(from, filter, null, null, null, cancellation))
        {
            change?.Invoke(document);
            copies.Add(document);
            if (copies.Count == BsonValues.MaxIds) await InsertAsync();
        }
        if (copies.Count > 0) await InsertAsync();

        async Task InsertAsync()
        {
            await scratch.Transactions.WriteSingleAsync(async () =>
            {
                await to.InsertManyAsync(copies, cancellationToken: cancellation);
                return copies.Count;
            });
            copies.Clear();
        }
    }

    private async ValueTask<bool> HasAllPacksAsync(CancellationToken cancellation) =>
        await CountPacksAsync(cancellation) is var (done, total) && done == total;

    /// <summary>Reads the first packs after the current position that the rebuild has not committed.</summary>
    /// <returns>The packs and the next position; no packs and the empty position at the end.</returns>
    private async ValueTask<(List<EventPack> Packs, ObjectId Next)> ReadPacksAfterAsync(CancellationToken cancellation)
    {
        var (packs, position) = (serving.Collections.Packs, after);
        while (true)
        {
            var later = new BsonDocument("seq", new BsonDocument("$gt", position));
            var page = await serving.Transactions.ReadSnapshotAsync(
                session => session.FindAsync(
                    packs, later, cancellation, sort: new("seq", 1), limit: PackBatch.MaxPacks, only: new("seq", 1)),
                cancellation);
            if (page.Count == 0) return ([], ObjectId.Empty);
            var committed = await Journeys.FindCommittedPacksAsync([.. page.Select(pack => pack.Id())], cancellation);
            var missing = page.Where(pack => !committed.Contains(pack.Id())).Select(pack => pack.Id()).ToList();
            if (missing.Count > 0)
                return await serving.Transactions.ReadSnapshotAsync(
                    session => ReadPacksAsync(session, missing, position, cancellation), cancellation);
            position = page[^1]["seq"].AsObjectId;
        }
    }

    private async Task<(List<EventPack> Packs, ObjectId Next)> ReadPacksAsync(
        MongoSession session, List<Guid> ids, ObjectId position, CancellationToken cancellation)
    {
        var (packs, bytes, next) = (new List<EventPack>(), 0L, position);
        await foreach (var pack in session.StreamAsync(
            serving.Collections.Packs, BsonValues.MatchIds(ids), new("seq", 1), null, null, cancellation))
        {
            var archive = pack.Bytes("archive");
            packs.Add(PackCodec.Decode(archive));
            next = pack["seq"].AsObjectId;
            if ((bytes += archive.Length) >= PackBatch.MaxBytes) break;
        }
        return (packs, next);
    }
}
