using Attribution.Core.Rollups;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rollups;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Rollups;

/// <summary>Comparison of the stored sums of rollups with the rollups, one season of a brand at a time.</summary>
internal static class MongoSumAudit
{
    /// <summary>Finds the seasons for which rollups or sums are stored, each by its first day.</summary>
    public static async Task<HashSet<(string Brand, DateOnly First)>> FindSeasonsAsync(
        MongoSession session, MongoCollections collections, CancellationToken cancellation)
    {
        var days = new BsonDocument("$group", new BsonDocument("_id", new BsonDocument { { "brand", "$brand" }, { "day", "$day" } }));
        var seasons = new HashSet<(string, DateOnly)>();
        foreach (var table in RollupLayout.AllTables)
            foreach (var found in await session.AggregateAsync(
                MongoRollupCells.CollectionFor(collections, table), cancellation, days))
            {
                var of = found["_id"].AsBsonDocument;
                var key = new RollupKey(of.Text("brand"), of.Day("day"), "", "");
                seasons.Add((key.Brand, RollupLayout.RowKeyFor(RollupTable.Seasons, key).Day));
            }
        return seasons;
    }

    /// <summary>
    /// Returns, per table of sums, the difference that the sums of a season lack. It is empty if they are correct.
    /// </summary>
    public static async Task<List<(RollupTable Table, MeasureSums Missing)>> FindWrongSumsAsync(
        MongoSession session, MongoCollections collections, string brand, DateOnly first,
        CancellationToken cancellation)
    {
        var wrong = RollupLayout.AllTables.Where(table => table != RollupTable.Days)
            .Select(table => (Table: table, Missing: new MeasureSums())).ToList();
        await foreach (var (key, cell) in ReadCellsAsync(RollupTable.Days))
            foreach (var (table, missing) in wrong)
                missing[RollupLayout.RowKeyFor(table, key)].Add(cell);
        foreach (var (table, missing) in wrong)
        {
            await foreach (var (key, cell) in ReadCellsAsync(table)) missing[key].Add(cell, -1);
            missing.DropZeros();
        }
        return wrong;

        async IAsyncEnumerable<(RollupKey Key, MeasureCell Cell)> ReadCellsAsync(RollupTable table)
        {
            var last = first.DayNumber + RollupLayout.DaysPerRow(RollupTable.Seasons) - 1;
            var season = MongoRollupCells.DayRangeFilter(
                brand, first, DateOnly.FromDayNumber(Math.Min(last, DateOnly.MaxValue.DayNumber)));
            var rollups = MongoRollupCells.CollectionFor(collections, table);
            await foreach (var rollup in session.StreamAsync(rollups, season, null, null, null, cancellation))
                yield return (MongoRollupCells.KeyFromBson(rollup), MongoRollupCells.CellFromBson(rollup));
        }
    }
}
