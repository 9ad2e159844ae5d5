using Attribution.Core.Ledger;
using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Catalog;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.Ledger;
using Attribution.Storage.MongoDb.Payouts;
using Attribution.Storage.MongoDb.Rollups;
using Attribution.Storage.Payouts;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Rollups;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Rebuilds;

/// <summary>
/// The end of a rebuild. While commits are barred, the rebuilt journeys are compared with the ledger. One transaction
/// then writes the differences, which are few or none, and names the new generation.
/// </summary>
internal sealed class MongoRebuildSwap(
    MongoStoreContext serving, MongoStoreContext scratch, MongoRebuild rebuild, RebuildSwap swap)
{
    private readonly MongoCollections collections = serving.Collections;

    /// <summary>Swaps the rebuild in.</summary>
    /// <returns>
    /// The outcome; that of the first swap if the run was swapped in before. Null if the catalog has changed.
    /// </returns>
    public ValueTask<RebuildOutcome?> RunAsync(CancellationToken cancellation) =>
        serving.Gates.RunExclusiveAsync(
            async bar =>
            {
                var meta = await serving.Transactions.ReadSnapshotAsync(
                    session => MongoMeta.ReadAsync(session, collections, cancellation), cancellation);
                if (MongoRebuildOutcomes.Find(meta, swap.Run) is { } before) return before;
                if (meta.Number("catalogVersion") != swap.CatalogVersion) return null;
                while (await rebuild.ReadNextPacksAsync(cancellation) is { Count: > 0 } packs) await swap.Replay(packs);

                var comparison = await serving.Transactions.ReadSnapshotAsync(
                    async session =>
                    {
                        var comparison = new MongoLedgerComparison(collections, scratch.RebuildGeneration!.Value, swap);
                        await comparison.RunAsync(session, cancellation);
                        return comparison;
                    },
                    cancellation);
                var matched = await scratch.Transactions.ReadSnapshotAsync(
                    session => session.FindAsync(
                        scratch.Collections.Items, new("matched", true), cancellation, only: new("_id", 1)),
                    cancellation);
                var agreements = await new MongoAgreementStore(scratch).ListAgreementsAsync(cancellation);
                return await serving.Transactions.RunTransactionAsync<RebuildOutcome?>(
                    async session =>
                    {
                        await serving.Gates.ReopenGatesAsync(session, bar, cancellation);
                        await MarkAgreementsChangedAsync(session, agreements, cancellation);
                        return await WriteAsync(session, comparison, matched, cancellation);
                    },
                    cancellation);
            },
            cancellation);

    /// <summary>Marks all agreements as changed: from now on, their accruals are those of the new generation.</summary>
    private async Task MarkAgreementsChangedAsync(
        MongoSession session, IReadOnlyList<AgreementKey> rebuilt, CancellationToken cancellation)
    {
        var stored = (await session.FindAsync(collections.Agreements, [], cancellation))
            .Select(MongoAgreementDocuments.KeyFromBson);
        await MongoAgreementDocuments.MarkChangedAsync(session, collections, stored.Union(rebuilt), cancellation);
    }

    private async Task<RebuildOutcome> WriteAsync(
        MongoSession session, MongoLedgerComparison comparison, List<BsonDocument> matched,
        CancellationToken cancellation)
    {
        var missing = new MeasureSums();
        missing.Add(swap.Costs);
        missing.Add(comparison.JourneyMeasures);
        var faults = new BrandFaults();
        missing.Add(await MongoRecordedMeasures.SumAsync(session, collections, faults, cancellation), -1);
        faults.ThrowIfAny();
        List<LedgerEntry> entries = comparison.Entries;
        await MongoLedgerEntries.InsertAsync(session, collections, entries, cancellation);
        var deltas = MongoDeltas.ToBson(missing.DropZeros(), swap.At, new DocumentWriter());
        await session.InsertAsync(collections.Deltas, deltas, cancellation);
        // Nearly all are marked already.
        await MongoCatalogItems.MarkMatchedAsync(session, collections, matched.Select(item => item["_id"]), cancellation);
        var outcome = new RebuildOutcome(comparison.Conversions, entries.Count, missing.Cells.Count);
        var rebuilt = new BsonDocument("rebuilt", MongoRebuildOutcomes.ToBson(swap.Run, outcome));
        await session.UpdateAsync(
            collections.Meta, MongoMeta.StoreFilter,
            new() { { "$inc", new BsonDocument("generation", 1L) }, { "$set", rebuilt } }, cancellation);
        return outcome;
    }
}
