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

    private readonly MongoTransactions transactions = context.Transactions;
    private readonly MongoCollections collections = context.Collections;

    /// <inheritdoc/>
    /// <remarks>
    /// Searches before commits are barred. While they are, only what is newer is searched, and the transaction reads only what
    /// was found: its length depends on the person, not on the brand.
    /// </remarks>
    public async ValueTask<ErasureOutcome?> EraseAsync(PersonErasure erasure, CancellationToken cancellation)
    {
        while (true)
        {
            var search = await MongoErasureSearch.RunAsync(context, erasure, cancellation);
            var (isDone, outcome) = await context.Gates.RunExclusiveAsync<(bool, ErasureOutcome?)>(
                async bar =>
                {
                    if (await MongoMeta.FindOpenRebuild(collections).AnyAsync(cancellation)) return (true, null);
                    if (!await search.AddNewerAsync(cancellation)) return (false, null);
                    return (true, await transactions.RunTransactionAsync(
                        async session =>
                        {
                            await context.Gates.ReopenGatesAsync(session, bar, cancellation);
                            return await new MongoPersonErasure(collections, erasure, search).EraseAsync(session, cancellation);
                        },
                        cancellation));
                },
                cancellation);
            if (isDone) return outcome;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Packs never change but by an erasure, so that they are found before commits are barred.</remarks>
    public async ValueTask<long> DeletePacksBeforeAsync(Timestamp before, CancellationToken cancellation)
    {
        var old = await FindPacksBeforeAsync(before, cancellation);
        if (old.Count == 0) return 0;
        return await context.Gates.RunExclusiveAsync(
            async bar => await transactions.RunTransactionAsync(
                async session =>
                {
                    await context.Gates.ReopenGatesAsync(session, bar, cancellation);
                    if (await MongoMeta.FindOpenRebuild(collections).AnyAsync(cancellation)) return 0;
                    var forgotten = new BsonDocument("$set", new BsonDocument("packsForgotten", before.UnixMilliseconds));
                    await session.UpdateAsync(collections.Meta, MongoMeta.StoreFilter, forgotten, cancellation);
                    return await session.DeleteByIdsAsync(collections.Packs, old, cancellation);
                },
                cancellation),
            cancellation);
    }

    /// <summary>
    /// Does nothing. Replaced bytes stay in the server's journal, oplog, free pages and backups until these are
    /// overwritten; only the operator of the server can influence when (<c>docs/operations/mongodb.md</c>).
    /// </summary>
    public ValueTask CompactAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>Returns the ids of the oldest packs, up to the first that was received later.</summary>
    private ValueTask<List<BsonValue>> FindPacksBeforeAsync(Timestamp before, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session =>
            {
                var old = new List<BsonValue>();
                await foreach (var pack in session.StreamAsync(
                    collections.Packs, [], new("seq", 1), MaxDeletedPacks, null, cancellation))
                {
                    if (Timestamp.From(PackCodec.Decode(pack.Bytes("archive")).ReceivedAt) >= before) break;
                    old.Add(pack["_id"]);
                }
                return old;
            },
            cancellation);
}
