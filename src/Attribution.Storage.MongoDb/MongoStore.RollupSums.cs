using System.Globalization;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rollups;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

// Beside the rollups the sums that every store keeps of them: of a campaign's day, and of a placement's fortnight and season. All are documents of one
// form, and the fold's transaction writes them together.
public sealed partial class MongoStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RollupReading>> SumRollupsAsync(string brand, IReadOnlyList<RollupSumQuery> questions, Timestamp? asOf, CancellationToken cancellation) =>
        ReadSnapshotAsync<IReadOnlyList<RollupReading>>(
            async session =>
            {
                var sums = new List<MeasureSums>(questions.Count);
                foreach (var question in questions) sums.Add(await SumRollupsAsync(session, brand, question, cancellation));
                if (asOf is { } instant && questions.Count > 0)
                {
                    var since = await SumFoldedAfterAsync(session, brand, questions.Min(question => question.From), questions.Max(question => question.To), instant, cancellation);
                    foreach (var (question, sum) in questions.Zip(sums))
                        foreach (var (key, change) in since.Cells)
                            if (question.Includes(key)) sum[question.GroupKeyFor(key)].Add(change, -1);
                }

                var closed = await ReadClosedThroughAsync(session, brand, asOf, cancellation);
                var waiting = asOf is null ? await ReadOldestDeltaAsync(session, cancellation) : null;
                return [.. sums.Select(sum => new RollupReading(RollupLayout.Sort(sum).ToAsyncEnumerable(), closed, waiting))];
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<long[]>> ReadTrendsAsync(
        string brand, IReadOnlyList<Placement> placements, DateOnly from, DateOnly to, bool byFortnight, Func<MeasureCell, long> number, CancellationToken cancellation) =>
        ReadSnapshotAsync<IReadOnlyList<long[]>>(
            async session =>
            {
                var trends = placements.Select(_ => new long[byFortnight ? RollupFortnight.CountBetween(from, to) : to.DayNumber - from.DayNumber + 1]).ToList();
                var places = placements.Select((placement, i) => (placement, i)).ToLookup(each => each.placement, each => each.i);
                foreach (var part in byFortnight ? RollupLayout.PlanSpan(from, to, longest: RollupTable.Fortnights) : [new(RollupTable.Days, from, to)])
                {
                    var filter = DayRangeFilter(brand, part.First, part.Last);
                    filter.Add("campaign", BsonValues.MatchAny(placements.Select(placement => placement.Campaign).Distinct().Select(campaign => (BsonValue)campaign)));
                    filter.Add("creator", BsonValues.MatchAny(placements.Select(placement => placement.Creator).Distinct().Select(creator => (BsonValue)creator)));
                    await foreach (var row in session.StreamAsync(CollectionFor(part.Table), filter, null, null, null, cancellation))
                    {
                        var key = RollupKeyFromBson(row);
                        var step = byFortnight ? RollupFortnight.CountBetween(from, key.Day) - 1 : key.Day.DayNumber - from.DayNumber;
                        var told = number(MeasureCodec.DecodeCell(row.Bytes("cell")));
                        foreach (var place in places[new(key.Campaign, key.Creator)]) trends[place][step] += part.IsSubtracted ? -told : told;
                    }
                }
                return trends;
            },
            cancellation);

    private async Task<MeasureSums> SumRollupsAsync(MongoSession session, string brand, RollupSumQuery question, CancellationToken cancellation)
    {
        var sums = new MeasureSums();
        foreach (var part in RollupLayout.PlanScans(question))
        {
            // The index leads from day to day past the campaigns, and from campaign to campaign past the creators, that are not asked for.
            var filter = DayRangeFilter(brand, part.First, part.Last);
            if (part.Creator is { } creator) filter.AddIfPresent("campaign", part.Campaign).Add("creator", creator);
            else if (part.Campaign is { } campaign) filter.Add("campaign", BsonValues.MatchAny([campaign, "", RollupKey.TotalCampaign]));
            await foreach (var row in session.StreamAsync(CollectionFor(part.Table), filter, null, null, null, cancellation)) MeasureCodec.AddTo(sums[RollupLayout.GroupKeyFor(question, part, RollupKeyFromBson(row))], row.Bytes("cell"), isLess: part.IsSubtracted);
        }
        return sums.DropZeros();
    }

    private IMongoCollection<BsonDocument> CollectionFor(RollupTable rows) => rows switch
    {
        RollupTable.Days => RollupCells,
        RollupTable.Fortnights => Fortnights,
        RollupTable.Seasons => Seasons,
        RollupTable.CampaignDays => CampaignDays,
        _ => throw new ArgumentOutOfRangeException(nameof(rows), rows, null),
    };

    /// <summary>Adds changes to rollups, or to sums of them. What comes to nothing is removed.</summary>
    private static async Task AddToRollupsAsync(MongoSession session, IMongoCollection<BsonDocument> rows, string brand, MeasureSums changes, CancellationToken cancellation)
    {
        var documents = new DocumentWriter();
        foreach (var some in changes.Cells.Chunk(1_000))
        {
            var stored = await session.FindAsync(
                rows,
                new()
                {
                    { "brand", brand }, { "day", BsonValues.MatchAny(some.Select(pair => pair.Key.Day.DayNumber).Distinct().Select(day => (BsonValue)day)) },
                    { "_id", BsonValues.MatchAny(some.Select(pair => (BsonValue)RollupId(pair.Key))) },
                },
                cancellation);
            var cells = stored.ToDictionary(RollupKeyFromBson, row => MeasureCodec.DecodeCell(row.Bytes("cell")));
            var writes = new List<WriteModel<BsonDocument>>(some.Length);
            foreach (var (key, change) in some)
            {
                var cell = cells.GetValueOrDefault(key) ?? new MeasureCell();
                cell.Add(change);
                var id = new BsonDocument { { "_id", RollupId(key) }, { "brand", brand }, { "day", key.Day.DayNumber } };
                if (cell.IsZero) writes.Add(new DeleteOneModel<BsonDocument>(id));
                else
                    writes.Add(new ReplaceOneModel<BsonDocument>(
                        id, new(id) { { "campaign", key.Campaign }, { "creator", key.Creator }, { "cell", MeasureCodec.Encode(cell, documents).ToArray() } }) { IsUpsert = true });
            }
            await session.WriteAsync(rows, [.. writes.OrderBy(write => write.ModelType)], cancellation);
        }
    }

    // Ids hold no blank.
    private static string RollupId(in RollupKey key) => string.Create(CultureInfo.InvariantCulture, $"{key.Brand} {key.Day.DayNumber} {key.Campaign} {key.Creator}");

    private static RollupKey RollupKeyFromBson(BsonDocument rollup) => new(rollup.Text("brand"), rollup.Day("day"), rollup.Text("campaign"), rollup.Text("creator"));
}
