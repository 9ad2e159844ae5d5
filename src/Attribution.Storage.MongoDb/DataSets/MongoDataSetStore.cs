using Attribution.Storage.Codecs;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.Rollups;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.DataSets;

/// <summary>Data sets.</summary>
internal sealed class MongoDataSetStore(MongoStoreContext context) : IDataSetStore
{
    private readonly MongoCollections collections = context.Collections;

    public ValueTask<IReadOnlyList<StoredDataSet>> ListDataSetsAsync(string kind, CancellationToken cancellation) =>
        context.Transactions.ReadSnapshotAsync<IReadOnlyList<StoredDataSet>>(
            async session => (await MongoDataSets.FindAsync(session, collections, new("kind", kind), cancellation))
                .ConvertAll(set => new StoredDataSet(
                    kind, (int)set.Number("number"), set.Text("version"), MongoDataSets.IsApplied(set) ? set.Number("applied") : null,
                    set.Instant("sealedBefore"),
                    set.Contains("completedAt")
                        ? new(set.Instant("completedAt"), set.Number("journeys"), set.Number("orders"), set.Number("sealedOrders"))
                        : null)),
            cancellation);

    public ValueTask<byte[]?> ReadContentAsync(string kind, int number, CancellationToken cancellation) =>
        context.Transactions.ReadSnapshotAsync(
            async session => (await session.FirstAsync(collections.DataSets, new("_id", MongoDataSets.IdOf(kind, number)), cancellation))
                ?.Bytes("content"),
            cancellation);

    public async ValueTask<bool> ApplyDataSetAsync(DataSetChange change, CancellationToken cancellation) =>
        await context.Gates.RunExclusiveAsync(
            async bar => await context.Transactions.RunTransactionAsync(
                async session =>
                {
                    await context.Gates.ReopenGatesAsync(session, bar, cancellation);
                    var applied = await TryApplyAsync(session, change, cancellation);
                    if (!applied) session.Abandon();
                    return applied;
                },
                cancellation),
            cancellation);

    public async ValueTask CompleteDataSetAsync(
        string kind, int number, DataSetOutcome outcome, CancellationToken cancellation)
    {
        var set = new BsonDocument
        {
            { "completedAt", outcome.At.UnixMilliseconds }, { "journeys", outcome.Journeys }, { "orders", outcome.Orders },
            { "sealedOrders", outcome.SealedOrders },
        };
        await context.Transactions.RunTransactionAsync(
            session => session.UpdateAsync(
                collections.DataSets, new("_id", MongoDataSets.IdOf(kind, number)), new("$set", set), cancellation),
            cancellation);
    }

    private async Task<bool> TryApplyAsync(MongoSession session, DataSetChange change, CancellationToken cancellation)
    {
        var agreed = await session.FirstAsync(collections.Meta, MongoMeta.FormatsFilter, cancellation);
        if (FormatVersions.Parse(agreed?.Text("agreed") ?? "")[change.Kind] < change.Number) return false;
        var sets = await MongoDataSets.FindAsync(session, collections, new("kind", change.Kind), cancellation);
        if (sets.Where(MongoDataSets.IsApplied).Max(set => set.Number("number")) >= change.Number) return false;
        var version = change.ExpectedVersion + 1;
        var expected = new BsonDocument { { "_id", "store" }, { "catalogVersion", change.ExpectedVersion } };
        var raised = await session.UpdateAsync(
            collections.Meta, expected, new("$set", new BsonDocument("catalogVersion", version)), cancellation);
        if (raised == 0) return false;
        var applied = new BsonDocument { { "applied", version }, { "sealedBefore", change.SealedBefore.UnixMilliseconds } };
        await session.InsertAsync(
            collections.Deltas, MongoDeltas.ToBson(change.Deltas, change.At, new DocumentWriter()), cancellation);
        return await session.UpdateAsync(
            collections.DataSets, new("_id", MongoDataSets.IdOf(change.Kind, change.Number)), new("$set", applied), cancellation) > 0;
    }
}
