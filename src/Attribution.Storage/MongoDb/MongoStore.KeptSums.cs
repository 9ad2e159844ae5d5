using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb;

// The sums that are kept beside the rollups, held against them: a fortnight of a brand at a time, each in a transaction of its own.
public sealed partial class MongoStore
{
    /// <inheritdoc/>
    public async ValueTask<int> MendSumsAsync(CancellationToken cancellation)
    {
        var mended = 0;
        foreach (var (brand, first) in await ReadAsync(session => FortnightsAsync(session, cancellation), cancellation))
        {
            // Looked at first, so that writers meet those alone where something is wrong.
            var (days, blocks) = await ReadAsync(session => WrongSumsAsync(session, brand, first, cancellation), cancellation);
            if (days.Cells.Count + blocks.Cells.Count == 0) continue;
            mended += await TransactAsync(
                async session =>
                {
                    var (campaigns, placements) = await WrongSumsAsync(session, brand, first, cancellation);
                    await AddAsync(session, CampaignDays, brand, campaigns, cancellation);
                    await AddAsync(session, Blocks, brand, placements, cancellation);
                    return campaigns.Cells.Count + placements.Cells.Count;
                },
                cancellation);
        }
        return mended;
    }

    private async Task<HashSet<(string Brand, DateOnly First)>> FortnightsAsync(MongoSession session, CancellationToken cancellation)
    {
        var days = new BsonDocument("$group", new BsonDocument("_id", new BsonDocument { { "brand", "$brand" }, { "day", "$day" } }));
        var fortnights = new HashSet<(string, DateOnly)>();
        foreach (var rows in new[] { RollupCells, CampaignDays, Blocks })
            foreach (var found in await session.AggregateAsync(rows, cancellation, days))
                fortnights.Add((found["_id"].AsBsonDocument.Text("brand"), RollupFortnight.Of(found["_id"].AsBsonDocument.Day("day"))));
        return fortnights;
    }

    /// <summary>What the kept sums of a fortnight lack to equal their rollups; nothing where they do.</summary>
    private async Task<(MeasureSums CampaignDays, MeasureSums Blocks)> WrongSumsAsync(MongoSession session, string brand, DateOnly first, CancellationToken cancellation)
    {
        var (days, blocks) = (new MeasureSums(), new MeasureSums());
        await foreach (var (key, cell) in CellsAsync(RollupCells))
        {
            days[StoredRollups.CampaignDayOf(key)].Add(cell);
            blocks[StoredRollups.BlockOf(key)].Add(cell);
        }
        await foreach (var (key, cell) in CellsAsync(CampaignDays)) days[key].Add(cell, -1);
        await foreach (var (key, cell) in CellsAsync(Blocks)) blocks[key].Add(cell, -1);
        return (days.DropZeros(), blocks.DropZeros());

        async IAsyncEnumerable<(RollupKey Key, MeasureCell Cell)> CellsAsync(MongoDB.Driver.IMongoCollection<BsonDocument> rows)
        {
            await foreach (var row in session.EachAsync(rows, Days(brand, first, first.AddDays(RollupFortnight.Days - 1)), null, null, null, cancellation))
                yield return (KeyOf(row), MeasureCodec.DecodeCell(row.Bytes("cell")));
        }
    }
}
