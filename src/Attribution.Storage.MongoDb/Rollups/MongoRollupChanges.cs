using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;
using Attribution.Storage.Export;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rollups;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Rollups;

/// <summary>
/// Pages of rollups for incremental export. Folds number the manifests, so a manifest's number is a position in the
/// changes.
/// </summary>
internal static class MongoRollupChanges
{
    /// <summary>Reads current rollups of the days after a delivered one (exclusive), in whole days.</summary>
    /// <param name="session">Session that reads.</param>
    /// <param name="collections">Collections of the store.</param>
    /// <param name="brand">Brand.</param>
    /// <param name="manifest">
    /// Number of the last manifest when the first page was read; later changes follow the last page.
    /// </param>
    /// <param name="delivered">Number of the last delivered day.</param>
    /// <param name="limit">Number of rollups at which the page ends, after the last of a day.</param>
    /// <param name="closed">Last closed day; null if no day is closed.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public static async Task<RollupChanges> ReadSnapshotPageAsync(
        MongoSession session, MongoCollections collections, string brand, long manifest, long delivered, int limit,
        DateOnly? closed, CancellationToken cancellation)
    {
        var changes = new List<KeyValuePair<RollupKey, MeasureCell?>>();
        var filter = new BsonDocument { { "brand", brand }, { "day", new BsonDocument("$gt", delivered) } };
        var order = new BsonDocument { { "day", 1 }, { "campaign", 1 }, { "creator", 1 } };
        await foreach (var rollup in session.StreamAsync(
            collections.RollupCells, filter, order, null, null, cancellation))
        {
            var key = MongoRollupCells.KeyFromBson(rollup);
            if (changes.Count >= limit && changes[^1].Key.Day != key.Day)
            {
                var cursor = ExportCursor.Format(manifest, changes[^1].Key.Day.DayNumber);
                return new RollupChanges(changes, cursor, HasMore: true, closed);
            }
            changes.Add(new(key, MongoRollupCells.CellFromBson(rollup)));
        }
        return new RollupChanges(changes, ExportCursor.Format(manifest), HasMore: true, closed);
    }

    /// <summary>
    /// Reads the current values of the rollups that folds after a manifest changed. A page covers several folds, so
    /// that a rollup which all of them changed is returned once.
    /// </summary>
    /// <param name="session">Session that reads.</param>
    /// <param name="collections">Collections of the store.</param>
    /// <param name="brand">Brand.</param>
    /// <param name="manifest">Number of the last delivered manifest.</param>
    /// <param name="last">Number of the last manifest.</param>
    /// <param name="limit">Number of rollups at which the page ends, after the last of a fold.</param>
    /// <param name="closed">Last closed day; null if no day is closed.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public static async Task<RollupChanges> ReadChangesPageAsync(
        MongoSession session, MongoCollections collections, string brand, long manifest, long last, int limit,
        DateOnly? closed, CancellationToken cancellation)
    {
        var sums = new MeasureSums();
        var later = new BsonDocument { { "brand", brand }, { "number", new BsonDocument("$gt", manifest) } };
        await foreach (var fold in session.StreamAsync(
            collections.Manifests, later, new("number", 1), null, null, cancellation))
        {
            manifest = fold.Number("number");
            MeasureCodec.AddTo(sums, brand, fold.Bytes("sums"));
            if (sums.Cells.Count >= limit) break;
        }

        var cells = new Dictionary<RollupKey, MeasureCell>();
        foreach (var chunk in sums.Cells.Keys.Chunk(1_000))
        {
            var ids = BsonValues.MatchAny(chunk.Select(key => (BsonValue)MongoRollupCells.IdOf(key)));
            var found = await session.FindAsync(
                collections.RollupCells, new() { { "brand", brand }, { "_id", ids } }, cancellation);
            foreach (var rollup in found) cells.Add(MongoRollupCells.KeyFromBson(rollup), MongoRollupCells.CellFromBson(rollup));
        }
        var keys = sums.Cells.Keys
            .OrderBy(key => key.Day).ThenBy(key => key.Campaign, StringComparer.Ordinal).ThenBy(key => key.Creator, StringComparer.Ordinal);
        return new RollupChanges(
            [.. keys.Select(key => KeyValuePair.Create(key, cells.GetValueOrDefault(key)))],
            ExportCursor.Format(manifest), manifest < last, closed);
    }
}
