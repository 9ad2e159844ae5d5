using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rollups;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Rollups;

/// <summary>Sums of rollups, read from the fewest documents that add up to them.</summary>
internal static class MongoRollupSums
{
    /// <summary>Adds up the current rollups for a query.</summary>
    public static async Task<MeasureSums> SumAsync(
        MongoSession session, MongoCollections collections, string brand, RollupSumQuery query,
        CancellationToken cancellation)
    {
        var sums = new MeasureSums();
        foreach (var scan in RollupLayout.PlanScans(query))
        {
            // The index skips, from day to day, the campaigns that are not requested and, within a campaign, the
            // creators.
            var filter = MongoRollupCells.DayRangeFilter(brand, scan.First, scan.Last);
            if (scan.Creator is { } creator) filter.AddIfPresent("campaign", scan.Campaign).Add("creator", creator);
            else if (scan.Campaign is { } campaign)
                filter.Add("campaign", BsonValues.MatchAny([campaign, "", RollupKey.TotalCampaign]));
            var rollups = MongoRollupCells.CollectionFor(collections, scan.Table);
            await foreach (var rollup in session.StreamAsync(rollups, filter, null, null, null, cancellation))
            {
                var group = RollupLayout.GroupKeyFor(query, scan, MongoRollupCells.KeyFromBson(rollup));
                MeasureCodec.AddTo(sums[group], rollup.Bytes("cell"), isLess: scan.IsSubtracted);
            }
        }
        return sums.DropZeros();
    }

    /// <summary>Reads a number per placement and day, or fortnight.</summary>
    public static async Task<List<long[]>> ReadTrendsAsync(
        MongoSession session, MongoCollections collections, string brand, IReadOnlyList<Placement> placements,
        DateOnly from, DateOnly to, bool byFortnight, Func<MeasureCell, long> number, CancellationToken cancellation)
    {
        var length = byFortnight ? RollupFortnight.CountBetween(from, to) : to.DayNumber - from.DayNumber + 1;
        var trends = placements.Select(_ => new long[length]).ToList();
        var places = placements.Select((placement, i) => (placement, i)).ToLookup(each => each.placement, each => each.i);
        var campaigns = BsonValues.MatchAny(placements.Select(placement => placement.Campaign).Distinct().Select(id => (BsonValue)id));
        var creators = BsonValues.MatchAny(placements.Select(placement => placement.Creator).Distinct().Select(id => (BsonValue)id));
        var scans = byFortnight
            ? RollupLayout.PlanSpan(from, to, longest: RollupTable.Fortnights)
            : [new(RollupTable.Days, from, to)];
        foreach (var scan in scans)
        {
            var filter = MongoRollupCells.DayRangeFilter(brand, scan.First, scan.Last);
            filter.Add("campaign", campaigns).Add("creator", creators);
            var rollups = MongoRollupCells.CollectionFor(collections, scan.Table);
            await foreach (var rollup in session.StreamAsync(rollups, filter, null, null, null, cancellation))
            {
                var key = MongoRollupCells.KeyFromBson(rollup);
                var slot = byFortnight ? RollupFortnight.CountBetween(from, key.Day) - 1 : key.Day.DayNumber - from.DayNumber;
                var value = number(MongoRollupCells.CellFromBson(rollup));
                foreach (var place in places[new(key.Campaign, key.Creator)]) trends[place][slot] += scan.IsSubtracted ? -value : value;
            }
        }
        return trends;
    }
}
