using System.Globalization;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb;

// Rollups as they stand or stood, and the names that matched nothing.
public sealed partial class MongoStore
{
    /// <inheritdoc/>
    public ValueTask<RollupReading> ReadAsync(string brand, DateOnly from, DateOnly to, Timestamp? asOf, CancellationToken cancellation) =>
        ReadAsync(
            async session =>
            {
                // Held as they are stored, and unpacked as they are asked for.
                var rows = new List<(RollupKey Key, byte[] Cell)>();
                await foreach (var rollup in session.EachAsync(RollupCells, Days(brand, from, to), new() { { "day", 1 }, { "campaign", 1 }, { "creator", 1 } }, null, null, cancellation))
                    rows.Add((KeyOf(rollup), rollup.Bytes("cell")));
                var since = asOf is { } instant ? await FoldedAfterAsync(session, brand, from, to, instant, cancellation) : new MeasureSums();
                return new RollupReading(
                    StoredRollups.Less(rows, since).ToAsyncEnumerable(), await ClosedThroughAsync(session, brand, asOf, cancellation),
                    asOf is null ? await OldestDeltaAsync(session, cancellation) : null);
            },
            cancellation);

    /// <inheritdoc/>
    /// <remarks>From single rollups: what is asked for is read whole, once for each question.</remarks>
    public ValueTask<IReadOnlyList<RollupReading>> SumAsync(string brand, IReadOnlyList<RollupQuestion> questions, Timestamp? asOf, CancellationToken cancellation) =>
        ReadAsync<IReadOnlyList<RollupReading>>(
            async session =>
            {
                var closed = await ClosedThroughAsync(session, brand, asOf, cancellation);
                var waiting = asOf is null ? await OldestDeltaAsync(session, cancellation) : null;
                var readings = new List<RollupReading>(questions.Count);
                foreach (var question in questions)
                {
                    var filter = Days(brand, question.From, question.To);
                    if (question.Campaign is { } campaign) filter.Add("campaign", Documents.In([campaign, "", RollupKey.All]));
                    if (question.Creator is { } creator) filter.Add("creator", Documents.In([creator, ""]));
                    var sums = new MeasureSums();
                    await foreach (var rollup in session.EachAsync(RollupCells, filter, null, null, null, cancellation))
                        if (KeyOf(rollup) is var key && question.Takes(key)) MeasureCodec.AddTo(sums[question.KeyOf(key)], rollup.Bytes("cell"));
                    if (asOf is { } instant)
                        foreach (var (key, change) in (await FoldedAfterAsync(session, brand, question.From, question.To, instant, cancellation)).Cells)
                            if (question.Takes(key)) sums[question.KeyOf(key)].Add(change, -1);
                    readings.Add(new(StoredRollups.InOrder(sums).ToAsyncEnumerable(), closed, waiting));
                }
                return readings;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<long[]>> TrendsAsync(
        string brand, IReadOnlyList<Placement> placements, DateOnly from, DateOnly to, bool byFortnight, Func<MeasureCell, long> number, CancellationToken cancellation) =>
        ReadAsync<IReadOnlyList<long[]>>(
            async session =>
            {
                var trends = placements.Select(_ => new long[byFortnight ? RollupFortnight.Count(from, to) : to.DayNumber - from.DayNumber + 1]).ToList();
                var places = placements.Select((placement, i) => (placement, i)).ToLookup(each => each.placement, each => each.i);
                var filter = Days(brand, from, to);
                filter.Add("campaign", Documents.In(placements.Select(placement => placement.Campaign).Distinct().Select(campaign => (BsonValue)campaign)));
                filter.Add("creator", Documents.In(placements.Select(placement => placement.Creator).Distinct().Select(creator => (BsonValue)creator)));
                await foreach (var rollup in session.EachAsync(RollupCells, filter, null, null, null, cancellation))
                {
                    var key = KeyOf(rollup);
                    var step = byFortnight ? RollupFortnight.Count(from, key.Day) - 1 : key.Day.DayNumber - from.DayNumber;
                    foreach (var place in places[new(key.Campaign, key.Creator)]) trends[place][step] += number(MeasureCodec.DecodeCell(rollup.Bytes("cell")));
                }
                return trends;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>>> TotalsAsync(string brand, CancellationToken cancellation) =>
        ReadAsync<IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>>>(
            async session => (await session.FindAsync(
                RollupCells, new() { { "brand", brand }, { "campaign", RollupKey.All }, { "creator", "" } }, cancellation, sort: new("day", 1)))
                .ConvertAll(rollup => KeyValuePair.Create(rollup.Day("day"), MeasureCodec.DecodeCell(rollup.Bytes("cell")))),
            cancellation);

    /// <inheritdoc/>
    public ValueTask<(IReadOnlyList<UnmatchedName> Names, string? Cursor)> UnmatchedAsync(
        string brand, UnmatchedKind? kind, string? cursor, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var after = StoredRollups.After(cursor);
        var of = new BsonDocument("brand", brand);
        if (kind is { } one) of.Add("kind", (int)one);
        var rest = new BsonDocument("$or", new BsonArray
        {
            new BsonDocument("total", new BsonDocument("$lt", after.Count)),
            new BsonDocument { { "total", after.Count }, { "_id.kind", new BsonDocument("$gt", after.Kind) } },
            new BsonDocument { { "total", after.Count }, { "_id.kind", after.Kind }, { "_id.name", new BsonDocument("$gt", after.Name) } },
        });
        return ReadAsync<(IReadOnlyList<UnmatchedName>, string?)>(
            async session =>
            {
                var found = await session.AggregateAsync(
                    Unmatched, cancellation,
                    new("$match", of),
                    new("$group", new BsonDocument
                    {
                        { "_id", new BsonDocument { { "kind", "$kind" }, { "name", "$name" } } }, { "total", new BsonDocument("$sum", "$count") },
                        { "first", new BsonDocument("$min", "$day") }, { "last", new BsonDocument("$max", "$day") },
                    }),
                    new("$match", rest),
                    new("$sort", new BsonDocument { { "total", -1 }, { "_id.kind", 1 }, { "_id.name", 1 } }),
                    new("$limit", limit + 1L));
                var names = found.Take(limit).Select(name => new UnmatchedName(
                    (UnmatchedKind)name["_id"].AsBsonDocument.Number("kind"), name["_id"].AsBsonDocument.Text("name"), Summed(name, "total"), name.Day("first"), name.Day("last"))).ToList();
                return (names, found.Count > limit ? StoredRollups.CursorAfter(names[^1]) : null);
            },
            cancellation);
    }

    private static BsonDocument Days(string brand, DateOnly from, DateOnly to) =>
        new() { { "brand", brand }, { "day", new BsonDocument { { "$gte", from.DayNumber }, { "$lte", to.DayNumber } } } };

    private async Task<MeasureSums> FoldedAfterAsync(MongoSession session, string brand, DateOnly from, DateOnly to, Timestamp instant, CancellationToken cancellation)
    {
        var sums = new MeasureSums();
        var since = new BsonDocument
        {
            { "brand", brand }, { "at", new BsonDocument("$gt", instant.UnixMilliseconds) }, { "firstDay", new BsonDocument("$lte", to.DayNumber) },
            { "lastDay", new BsonDocument("$gte", from.DayNumber) },
        };
        await foreach (var manifest in session.EachAsync(Manifests, since, null, null, null, cancellation)) MeasureCodec.AddTo(sums, brand, manifest.Bytes("sums"), from, to);
        return sums.DropZeros();
    }

    private async Task<DateOnly?> ClosedThroughAsync(MongoSession session, string brand, Timestamp? asOf, CancellationToken cancellation)
    {
        var filter = new BsonDocument("brand", brand);
        if (asOf is { } instant) filter.Add("at", new BsonDocument("$lte", instant.UnixMilliseconds));
        return (await session.FirstAsync(Closings, filter, cancellation, sort: new("through", -1)))?.Day("through");
    }

    private async Task<Timestamp?> OldestDeltaAsync(MongoSession session, CancellationToken cancellation) =>
        (await session.FirstAsync(Deltas, [], cancellation, sort: new("_id", 1), only: new("at", 1)))?.Instant("at");

    /// <summary>A sum that left 64 bits comes back as a floating-point number, which no amount may be.</summary>
    private static long Summed(BsonDocument document, string name) => document[name] is { IsDouble: false } sum
        ? sum.ToInt64()
        : throw new OverflowException(string.Create(CultureInfo.InvariantCulture, $"A sum of {name} comes to more than 64 bits can count."));
}
