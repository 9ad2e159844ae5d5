using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rollups;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb;

// The sums that are kept beside the rollups, held against them: a season of a brand at a time, each in a transaction of its own.
public sealed partial class MongoStore
{
    /// <inheritdoc/>
    public async ValueTask<int> RepairSumsAsync(CancellationToken cancellation)
    {
        var mended = 0;
        foreach (var (brand, first) in await ReadSnapshotAsync(session => FindSeasonsAsync(session, cancellation), cancellation))
        {
            // Looked at first, so that writers meet those alone where something is wrong.
            var wrong = await ReadSnapshotAsync(session => FindWrongSumsAsync(session, brand, first, cancellation), cancellation);
            if (wrong.All(each => each.Lacking.Cells.Count == 0)) continue;
            mended += await RunTransactionAsync(
                async session =>
                {
                    var now = await FindWrongSumsAsync(session, brand, first, cancellation);
                    foreach (var (rows, lacking) in now) await AddToRollupsAsync(session, CollectionFor(rows), brand, lacking, cancellation);
                    return now.Sum(each => each.Lacking.Cells.Count);
                },
                cancellation);
        }
        return mended;
    }

    private async Task<HashSet<(string Brand, DateOnly First)>> FindSeasonsAsync(MongoSession session, CancellationToken cancellation)
    {
        var days = new BsonDocument("$group", new BsonDocument("_id", new BsonDocument { { "brand", "$brand" }, { "day", "$day" } }));
        var seasons = new HashSet<(string, DateOnly)>();
        foreach (var rows in RollupLayout.AllTables)
            foreach (var found in await session.AggregateAsync(CollectionFor(rows), cancellation, days))
            {
                var key = found["_id"].AsBsonDocument;
                seasons.Add((key.Text("brand"), RollupLayout.RowKeyFor(RollupTable.Seasons, new(key.Text("brand"), key.Day("day"), "", "")).Day));
            }
        return seasons;
    }

    /// <summary>What the kept sums of a season lack to equal their rollups; nothing where they do.</summary>
    private async Task<List<(RollupTable Rows, MeasureSums Lacking)>> FindWrongSumsAsync(MongoSession session, string brand, DateOnly first, CancellationToken cancellation)
    {
        var wrong = RollupLayout.AllTables.Where(rows => rows != RollupTable.Days).Select(rows => (Rows: rows, Lacking: new MeasureSums())).ToList();
        await foreach (var (key, cell) in CellsAsync(RollupTable.Days))
            foreach (var (rows, lacking) in wrong)
                lacking[RollupLayout.RowKeyFor(rows, key)].Add(cell);
        foreach (var (rows, lacking) in wrong)
        {
            await foreach (var (key, cell) in CellsAsync(rows)) lacking[key].Add(cell, -1);
            lacking.DropZeros();
        }
        return wrong;

        async IAsyncEnumerable<(RollupKey Key, MeasureCell Cell)> CellsAsync(RollupTable rows)
        {
            var last = Math.Min(first.DayNumber + RollupLayout.DaysPerRow(RollupTable.Seasons) - 1, DateOnly.MaxValue.DayNumber);
            await foreach (var row in session.StreamAsync(CollectionFor(rows), DayRangeFilter(brand, first, DateOnly.FromDayNumber(last)), null, null, null, cancellation))
                yield return (RollupKeyFromBson(row), MeasureCodec.DecodeCell(row.Bytes("cell")));
        }
    }
}
