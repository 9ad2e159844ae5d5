using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rollups;

namespace Attribution.Storage.MongoDb.Rollups;

/// <summary>
/// The fold of a brand's deltas into its rollups. If two processes fold a brand at once, both would delete the same
/// deltas; MongoDB lets one transaction commit, and the other is restarted.
/// </summary>
internal static class MongoRollupFold
{
    /// <summary>
    /// Number of cells at which a fold takes no further delta. With the cells of the last one
    /// (<see cref="MongoDeltas.MaxCells"/>) a fold has at most 12,000. If all their numbers are large, its manifest has
    /// about 12 MiB of the 16 MiB that a document can hold. Each cell is two or three documents to write, and the
    /// transaction takes a few of its 60 seconds.
    /// </summary>
    private const int MaxCells = 8_000;

    /// <summary>Folds the oldest deltas of a brand, at most 1,000.</summary>
    /// <returns>The number of folded deltas; 0 if none are waiting.</returns>
    public static async Task<int> FoldBrandAsync(
        MongoSession session, MongoCollections collections, string brand, int limit, Func<Timestamp> clock,
        CancellationToken cancellation)
    {
        var sums = new MeasureSums();
        var deltas = await session.FindAsync(
            collections.Deltas, new("brand", brand), cancellation, sort: new("_id", 1), limit: Math.Min(limit, 1_000));
        if (deltas.Count == 0) return 0;
        var folded = 0;
        for (; folded < deltas.Count && sums.Cells.Count < MaxCells; folded++)
            MeasureCodec.AddTo(sums, brand, deltas[folded].Bytes("sums"));
        sums.DropZeros();

        await MongoUnmatchedNames.CountAsync(session, collections, brand, sums, cancellation);
        // Deltas that cancel out change no rollup and need no manifest.
        if (sums.Cells.Count > 0)
        {
            foreach (var table in RollupLayout.AllTables)
            {
                var changes = RollupLayout.ChangesFor(table, sums).DropZeros();
                var rollups = MongoRollupCells.CollectionFor(collections, table);
                await MongoRollupCells.AddAsync(session, rollups, brand, changes, cancellation);
            }
            await MongoManifests.InsertAsync(session, collections, brand, clock(), sums, cancellation);
        }
        var ids = BsonValues.MatchAny(deltas.Take(folded).Select(delta => delta["_id"]));
        await session.DeleteAsync(collections.Deltas, new("_id", ids), cancellation);
        return folded;
    }
}
