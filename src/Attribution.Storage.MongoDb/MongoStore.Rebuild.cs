using Attribution.Contracts;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.Rebuilds;
using Attribution.Storage.Rebuilds;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

// A rebuild writes the journeys, aliases and accruals of the next generation, beside those that serve. What else it needs to take commits stands in
// collections of its own, which nobody reads but it.
public sealed partial class MongoStore
{
    // Packs are taken a few MiB at a time: the tail that is replayed while commits are barred is shorter than one such piece, mostly.
    private const int MaxPacksPerRead = 2_000;
    private const int MaxBytesPerRead = 4 * 1024 * 1024;

    private IFindFluent<BsonDocument, BsonDocument> RebuildMeta => database.GetCollection<BsonDocument>(MongoSchema.RebuildPrefix + "meta").Find(new BsonDocument("_id", "store"));

    /// <inheritdoc/>
    public async ValueTask<IRebuild> OpenRebuildAsync(string mark, CancellationToken cancellation)
    {
        try
        {
            var generation = await ReadSnapshotAsync(session => ReadGenerationAsync(session, cancellation), cancellation) + 1;
            if (await RebuildMeta.FirstOrDefaultAsync(cancellation) is { } begun && (begun.Text("mark") != mark || begun.Number("generation") != generation))
                await DiscardRebuildAsync(cancellation);
            await MongoSchema.CreateRebuildAsync(database, generation, mark, cancellation);
            // Past the gates an erasure that did not see the rebuild is done; one that begins later sees it.
            var forgotten = await RunTransactionAsync(
                async session =>
                {
                    var meta = await ReadMetaAsync(session, cancellation);
                    await EnterGateAsync(session, cancellation);
                    return meta.InstantOrNull("packsForgotten");
                },
                cancellation);
            if (forgotten is { } before)
            {
                await DiscardRebuildAsync(cancellation);
                throw new ArchiveIncompleteException(before);
            }
            return new MongoRebuild(this, new MongoStore(client, database, beforeStatement, generation));
        }
        catch (Exception e) when (MongoFaultException.IsDriverFault(e))
        {
            throw new MongoFaultException(e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DiscardRebuildAsync(CancellationToken cancellation)
    {
        try
        {
            var generation = await ReadSnapshotAsync(session => ReadGenerationAsync(session, cancellation), cancellation);
            var names = await (await database.ListCollectionNamesAsync(cancellationToken: cancellation)).ToListAsync(cancellation);
            // What says that there is a rebuild goes last: then there is nothing of it.
            foreach (var name in names.Where(IsLeft).OrderBy(name => name == MongoSchema.RebuildPrefix + "meta")) await database.DropCollectionAsync(name, cancellation);

            bool IsLeft(string name) => name.StartsWith(MongoSchema.RebuildPrefix, StringComparison.Ordinal)
                || (name.StartsWith("journeys.", StringComparison.Ordinal) && name != MongoSchema.Journeys(generation))
                || (name.StartsWith("aliases.", StringComparison.Ordinal) && name != MongoSchema.Aliases(generation))
                || (name.StartsWith("accruals.", StringComparison.Ordinal) && name != MongoSchema.Accruals(generation));
        }
        catch (Exception e) when (MongoFaultException.IsDriverFault(e))
        {
            throw new MongoFaultException(e);
        }
    }

    /// <inheritdoc/>
    public ValueTask<RebuildOutcome?> FindRebuildAsync(Guid run, CancellationToken cancellation) =>
        ReadSnapshotAsync(async session => FindRebuild(await ReadMetaAsync(session, cancellation), run), cancellation);

    internal ValueTask<long> CountPacksAsync(CancellationToken cancellation) => ReadSnapshotAsync(session => session.CountAsync(Packs, [], cancellation), cancellation);

    /// <summary>The first packs after one in the order that a rebuild has not committed, and where to go on from; none when there are no more.</summary>
    internal async ValueTask<(List<EventPack> Packs, ObjectId Next)> ReadPacksAfterAsync(MongoStore scratch, ObjectId after, CancellationToken cancellation)
    {
        while (true)
        {
            var page = await ReadSnapshotAsync(
                session => session.FindAsync(
                    Packs, new("seq", new BsonDocument("$gt", after)), cancellation, sort: new("seq", 1), limit: MaxPacksPerRead, only: new("seq", 1)),
                cancellation);
            if (page.Count == 0) return ([], ObjectId.Empty);
            var known = await scratch.FindCommittedPacksAsync([.. page.Select(pack => pack.Id())], cancellation);
            var missing = page.Where(pack => !known.Contains(pack.Id())).Select(pack => pack.Id()).ToList();
            if (missing.Count > 0) return await ReadSnapshotAsync(session => TakeAsync(session, missing), cancellation);
            after = page[^1]["seq"].AsObjectId;
        }

        async Task<(List<EventPack>, ObjectId)> TakeAsync(MongoSession session, List<Guid> missing)
        {
            var (packs, bytes, next) = (new List<EventPack>(), 0L, after);
            await foreach (var pack in session.StreamAsync(Packs, BsonValues.MatchIds(missing), new("seq", 1), null, null, cancellation))
            {
                var archive = pack.Bytes("archive");
                packs.Add(PackCodec.Decode(archive));
                next = pack["seq"].AsObjectId;
                if ((bytes += archive.Length) >= MaxBytesPerRead) break;
            }
            return (packs, next);
        }
    }

    internal async ValueTask CopyCatalogAsync(MongoStore scratch, CancellationToken cancellation)
    {
        var (meta, items, fits) = await ReadSnapshotAsync(
            async session => (await ReadMetaAsync(session, cancellation), await session.FindAsync(Items, [], cancellation), await session.FindAsync(Fits, [], cancellation)), cancellation);
        // What matched is marked as journeys are written, and again in the store that serves when it takes them over.
        foreach (var item in items) item["matched"] = false;
        await scratch.RunTransactionAsync(
            async session =>
            {
                await session.DeleteAsync(scratch.Items, [], cancellation);
                await session.DeleteAsync(scratch.Fits, [], cancellation);
                await session.InsertAsync(scratch.Items, items, cancellation);
                await session.InsertAsync(scratch.Fits, fits, cancellation);
                return await session.UpdateAsync(
                    scratch.Meta, new("_id", "store"),
                    new("$set", new BsonDocument { { "catalogVersion", meta["catalogVersion"] }, { "journeysVersion", meta["journeysVersion"] } }), cancellation);
            },
            cancellation);
    }

    private static RebuildOutcome? FindRebuild(BsonDocument meta, Guid run) =>
        meta.TryGetValue("rebuilt", out var rebuilt) && rebuilt.AsBsonDocument is var last && last.Id("run") == run
            ? new RebuildOutcome(last.Number("conversions"), last.Number("lines"), last.Number("cells"))
            : null;
}
