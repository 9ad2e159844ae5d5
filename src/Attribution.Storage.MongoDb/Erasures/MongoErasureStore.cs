using Attribution.Core.Identity;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Erasures;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Erasures;

/// <summary>Erasure of persons, and deletion of old packs.</summary>
internal sealed class MongoErasureStore(MongoStoreContext context) : IErasureStore
{
    private const int MaxDeletedPacks = 1_000;

    // The order of packs comes from the clocks of the committing processes, which may differ by as much.
    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromHours(1);

    private readonly MongoTransactions transactions = context.Transactions;
    private readonly MongoCollections collections = context.Collections;

    /// <inheritdoc/>
    /// <remarks>
    /// Packs have no index by person, so all of them are searched: most before commits are barred; those of the last
    /// hour, and those committed since, again while commits are barred.
    /// </remarks>
    public async ValueTask<ErasureOutcome?> EraseAsync(PersonErasure erasure, CancellationToken cancellation)
    {
        var (found, last) = await FindPacksAsync(erasure, ObjectId.Empty, cancellation);
        return await context.Gates.RunExclusiveAsync<ErasureOutcome?>(
            async bar =>
            {
                if (await MongoMeta.FindOpenRebuild(collections).AnyAsync(cancellation)) return null;
                var since = last == ObjectId.Empty
                    ? last
                    : ObjectId.Parse($"{last.Timestamp - (int)MaxClockSkew.TotalSeconds:x8}{new string('0', 16)}");
                foreach (var (id, pack) in (await FindPacksAsync(erasure, since, cancellation)).Found) found[id] = pack;
                var person = new MongoPersonErasure(collections, erasure);
                return await transactions.RunTransactionAsync(
                    async session =>
                    {
                        await context.Gates.ReopenGatesAsync(session, bar, cancellation);
                        return await person.EraseAsync(session, found, cancellation);
                    },
                    cancellation);
            },
            cancellation);
    }

    public ValueTask<long> DeletePacksBeforeAsync(Timestamp before, CancellationToken cancellation) =>
        context.Gates.RunExclusiveAsync(
            async bar => await transactions.RunTransactionAsync(
                async session =>
                {
                    await context.Gates.ReopenGatesAsync(session, bar, cancellation);
                    return await DeletePacksAsync(session, before, cancellation);
                },
                cancellation),
            cancellation);

    /// <summary>
    /// Does nothing. Replaced bytes stay in the server's journal, oplog, free pages and backups until these are
    /// overwritten; only the operator of the server can influence when (<c>docs/operations/mongodb.md</c>).
    /// </summary>
    public ValueTask CompactAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    private async Task<long> DeletePacksAsync(MongoSession session, Timestamp before, CancellationToken cancellation)
    {
        var old = new List<BsonValue>();
        if (!await MongoMeta.FindOpenRebuild(collections).AnyAsync(cancellation))
            await foreach (var pack in session.StreamAsync(
                collections.Packs, [], new("seq", 1), MaxDeletedPacks, null, cancellation))
            {
                if (Timestamp.From(PackCodec.Decode(pack.Bytes("archive")).ReceivedAt) >= before) break;
                old.Add(pack["_id"]);
            }
        if (old.Count == 0) return 0;
        var forgotten = new BsonDocument("$set", new BsonDocument("packsForgotten", before.UnixMilliseconds));
        await session.UpdateAsync(collections.Meta, MongoMeta.StoreFilter, forgotten, cancellation);
        return await session.DeleteAsync(collections.Packs, new("_id", BsonValues.MatchAny(old)), cancellation);
    }

    /// <summary>Finds the packs with events of a person, from the one after a position.</summary>
    /// <returns>
    /// Numbers of events to change, and of events that keep an identifier, per pack; and the position of the last pack.
    /// </returns>
    private async Task<(Dictionary<Guid, (long Changed, long Remaining)> Found, ObjectId Last)> FindPacksAsync(
        PersonErasure erasure, ObjectId after, CancellationToken cancellation)
    {
        var found = new Dictionary<Guid, (long, long)>();
        while (true)
        {
            var later = new BsonDocument("seq", new BsonDocument("$gt", after));
            var packs = await transactions.ReadSnapshotAsync(
                session => session.FindAsync(collections.Packs, later, cancellation, sort: new("seq", 1), limit: 256),
                cancellation);
            foreach (var pack in packs)
            {
                var (_, changed, remaining) = PackErasure.Erase(PackCodec.Decode(pack.Bytes("archive")), erasure);
                if (changed + remaining > 0) found[pack.Id()] = (changed, remaining);
            }
            if (packs.Count == 0) return (found, after);
            after = packs[^1]["seq"].AsObjectId;
        }
    }
}
