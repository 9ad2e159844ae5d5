using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.Payouts;
using Attribution.Storage.Rollups;

namespace Attribution.Storage.MongoDb.Rollups;

/// <summary>The measures that are recorded for journeys and costs.</summary>
internal static class MongoRecordedMeasures
{
    /// <summary>
    /// Adds up rollups, unmatched names and waiting deltas, less the adjustments of agreements. The sums of brands with
    /// damaged documents are incomplete.
    /// </summary>
    public static async Task<MeasureSums> SumAsync(
        MongoSession session, MongoCollections collections, BrandFaults faults, CancellationToken cancellation)
    {
        var sums = new MeasureSums();
        await foreach (var rollup in session.StreamAsync(collections.RollupCells, [], null, null, null, cancellation))
        {
            var key = MongoRollupCells.KeyFromBson(rollup);
            faults.Try(key.Brand, () => sums[key].Add(MongoRollupCells.CellFromBson(rollup)));
        }
        await MongoUnmatchedNames.AddToAsync(session, collections, sums, cancellation);
        await foreach (var delta in session.StreamAsync(collections.Deltas, [], null, null, null, cancellation))
            faults.Try(delta.Text("brand"), () => MeasureCodec.AddTo(sums, delta.Text("brand"), delta.Bytes("sums")));
        await MongoAgreementDocuments.AddAdjustmentsAsync(session, collections, sums, -1, cancellation);
        return sums;
    }
}
