using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.Payouts;

namespace Attribution.Storage.MongoDb.Rollups;

/// <summary>The measures that are recorded for journeys and costs.</summary>
internal static class MongoRecordedMeasures
{
    /// <summary>Adds up rollups, unmatched names and waiting deltas, less the adjustments of agreements.</summary>
    public static async Task<MeasureSums> SumAsync(
        MongoSession session, MongoCollections collections, CancellationToken cancellation)
    {
        var sums = new MeasureSums();
        await foreach (var rollup in session.StreamAsync(collections.RollupCells, [], null, null, null, cancellation))
            sums[MongoRollupCells.KeyFromBson(rollup)].Add(MongoRollupCells.CellFromBson(rollup));
        await MongoUnmatchedNames.AddToAsync(session, collections, sums, cancellation);
        await foreach (var delta in session.StreamAsync(collections.Deltas, [], null, null, null, cancellation))
            MeasureCodec.AddTo(sums, delta.Text("brand"), delta.Bytes("sums"));
        await MongoAgreementDocuments.AddAdjustmentsAsync(session, collections, sums, -1, cancellation);
        return sums;
    }
}
