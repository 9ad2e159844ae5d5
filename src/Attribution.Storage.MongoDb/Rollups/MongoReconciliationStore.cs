using Attribution.Core.Journeys;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.Journeys;
using Attribution.Storage.Rollups;

namespace Attribution.Storage.MongoDb.Rollups;

/// <summary>Comparison of rollups with journeys, and corrections of rollups and of their sums.</summary>
internal sealed class MongoReconciliationStore(MongoStoreContext context) : IReconciliationStore
{
    private readonly MongoTransactions transactions = context.Transactions;
    private readonly MongoCollections collections = context.Collections;

    public ValueTask<(MeasureSums Sums, long CatalogVersion, long Generation)> ReadForReconciliationAsync(
        Action<Journey> onJourney, BrandFaults faults, CancellationToken cancellation)
    {
        var isRead = false;
        return transactions.ReadSnapshotAsync(
            async session =>
            {
                var meta = await MongoMeta.ReadAsync(session, collections, cancellation);
                var sums = await MongoRecordedMeasures.SumAsync(session, collections, faults, cancellation);
                var journeys = collections.Journeys(meta.Number("generation"));
                await foreach (var document in session.StreamAsync(
                    journeys, MongoJourneyDocuments.LiveFilter, null, null, new() { { "brand", 1 }, { "journey", 1 } }, cancellation))
                {
                    isRead = true;
                    faults.Try(document.Text("brand"), () => onJourney(JourneyCodec.Decode(document.Bytes("journey"))));
                }
                return (sums, meta.Number("catalogVersion"), meta.Number("generation"));
            },
            // The caller has had journeys: its run starts again.
            cancellation, () => !isRead);
    }

    /// <inheritdoc/>
    /// <remarks>Checks one season of a brand at a time, each in its own transaction.</remarks>
    public async ValueTask<int> RepairSumsAsync(BrandFaults faults, CancellationToken cancellation)
    {
        var repaired = 0;
        var seasons = await transactions.ReadSnapshotAsync(
            session => MongoSumAudit.FindSeasonsAsync(session, collections, cancellation), cancellation);
        foreach (var (brand, first) in seasons)
            await faults.TryAsync(brand, async () => repaired += await RepairSeasonAsync(brand, first, cancellation));
        return repaired;
    }

    private async ValueTask<int> RepairSeasonAsync(string brand, DateOnly first, CancellationToken cancellation)
    {
        // A read comes first, so that writers meet this transaction only if a sum is wrong.
        var wrong = await transactions.ReadSnapshotAsync(
            session => MongoSumAudit.FindWrongSumsAsync(session, collections, brand, first, cancellation),
            cancellation);
        return wrong.All(each => each.Missing.Cells.Count == 0)
            ? 0
            : await transactions.RunTransactionAsync(
                async session =>
                {
                    var now = await MongoSumAudit.FindWrongSumsAsync(session, collections, brand, first, cancellation);
                    foreach (var (table, missing) in now)
                    {
                        var rollups = MongoRollupCells.CollectionFor(collections, table);
                        await MongoRollupCells.AddAsync(session, rollups, brand, missing, cancellation);
                    }
                    return now.Sum(each => each.Missing.Cells.Count);
                },
                cancellation);
    }

    public ValueTask<bool> AppendCorrectionAsync(
        MeasureSums deltas, long? generation, Timestamp at, CancellationToken cancellation)
    {
        var documents = MongoDeltas.ToBson(deltas, at, new DocumentWriter());
        return transactions.RunTransactionAsync(
            async session =>
            {
                if (generation is { } seen && seen != await MongoMeta.ReadGenerationAsync(session, collections, cancellation))
                {
                    session.Abandon();
                    return false;
                }
                await session.InsertAsync(collections.Deltas, documents, cancellation);
                await context.Gates.EnterGateAsync(session, cancellation);
                return true;
            },
            cancellation);
    }
}
