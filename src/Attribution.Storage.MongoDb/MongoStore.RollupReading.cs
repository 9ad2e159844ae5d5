using System.Globalization;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rollups;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb;

// Rollups as they stand or stood, and the names that matched nothing.
public sealed partial class MongoStore
{
    /// <inheritdoc/>
    public ValueTask<RollupReading> ReadRollupsAsync(string brand, DateOnly from, DateOnly to, Timestamp? asOf, CancellationToken cancellation) =>
        ReadSnapshotAsync(
            async session =>
            {
                // Held as they are stored, and unpacked as they are asked for.
                var rows = new List<(RollupKey Key, byte[] Cell)>();
                await foreach (var rollup in session.StreamAsync(RollupCells, DayRangeFilter(brand, from, to), new() { { "day", 1 }, { "campaign", 1 }, { "creator", 1 } }, null, null, cancellation))
                    rows.Add((RollupKeyFromBson(rollup), rollup.Bytes("cell")));
                var since = asOf is { } instant ? await SumFoldedAfterAsync(session, brand, from, to, instant, cancellation) : new MeasureSums();
                return new RollupReading(
                    RollupLayout.SubtractFolds(rows, since).ToAsyncEnumerable(), await ReadClosedThroughAsync(session, brand, asOf, cancellation),
                    asOf is null ? await ReadOldestDeltaAsync(session, cancellation) : null);
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>>> ReadTotalsAsync(string brand, CancellationToken cancellation) =>
        ReadSnapshotAsync<IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>>>(
            async session => (await session.FindAsync(
                RollupCells, new() { { "brand", brand }, { "campaign", RollupKey.TotalCampaign }, { "creator", "" } }, cancellation, sort: new("day", 1)))
                .ConvertAll(rollup => KeyValuePair.Create(rollup.Day("day"), MeasureCodec.DecodeCell(rollup.Bytes("cell")))),
            cancellation);

    /// <inheritdoc/>
    public ValueTask<(IReadOnlyList<UnmatchedName> Names, string? Cursor)> ListUnmatchedAsync(
        string brand, UnmatchedKind? kind, string? cursor, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var after = RollupLayout.ParseUnmatchedCursor(cursor);
        var of = new BsonDocument("brand", brand);
        if (kind is { } one) of.Add("kind", (int)one);
        var rest = new BsonDocument("$or", new BsonArray
        {
            new BsonDocument("total", new BsonDocument("$lt", after.Count)),
            new BsonDocument { { "total", after.Count }, { "_id.kind", new BsonDocument("$gt", after.Kind) } },
            new BsonDocument { { "total", after.Count }, { "_id.kind", after.Kind }, { "_id.name", new BsonDocument("$gt", after.Name) } },
        });
        return ReadSnapshotAsync<(IReadOnlyList<UnmatchedName>, string?)>(
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
                    (UnmatchedKind)name["_id"].AsBsonDocument.Number("kind"), name["_id"].AsBsonDocument.Text("name"), ReadSum(name, "total"), name.Day("first"), name.Day("last"))).ToList();
                return (names, found.Count > limit ? RollupLayout.FormatUnmatchedCursor(names[^1]) : null);
            },
            cancellation);
    }

    private static BsonDocument DayRangeFilter(string brand, DateOnly from, DateOnly to) =>
        new() { { "brand", brand }, { "day", new BsonDocument { { "$gte", from.DayNumber }, { "$lte", to.DayNumber } } } };

    private async Task<MeasureSums> SumFoldedAfterAsync(MongoSession session, string brand, DateOnly from, DateOnly to, Timestamp instant, CancellationToken cancellation)
    {
        var sums = new MeasureSums();
        var since = new BsonDocument
        {
            { "brand", brand }, { "at", new BsonDocument("$gt", instant.UnixMilliseconds) }, { "firstDay", new BsonDocument("$lte", to.DayNumber) },
            { "lastDay", new BsonDocument("$gte", from.DayNumber) },
        };
        await foreach (var manifest in session.StreamAsync(Manifests, since, null, null, null, cancellation)) MeasureCodec.AddTo(sums, brand, manifest.Bytes("sums"), from, to);
        return sums.DropZeros();
    }

    private async Task<DateOnly?> ReadClosedThroughAsync(MongoSession session, string brand, Timestamp? asOf, CancellationToken cancellation)
    {
        var filter = new BsonDocument("brand", brand);
        if (asOf is { } instant) filter.Add("at", new BsonDocument("$lte", instant.UnixMilliseconds));
        return (await session.FirstAsync(Closings, filter, cancellation, sort: new("through", -1)))?.Day("through");
    }

    private async Task<Timestamp?> ReadOldestDeltaAsync(MongoSession session, CancellationToken cancellation) =>
        (await session.FirstAsync(Deltas, [], cancellation, sort: new("_id", 1), only: new("at", 1)))?.Instant("at");

    /// <summary>A sum that left 64 bits comes back as a floating-point number, which no amount may be.</summary>
    private static long ReadSum(BsonDocument document, string name) => document[name] is { IsDouble: false } sum
        ? sum.ToInt64()
        : throw new OverflowException(string.Create(CultureInfo.InvariantCulture, $"A sum of {name} comes to more than 64 bits can count."));
}
