using System.Runtime.CompilerServices;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Export;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rollups;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Rollups;

/// <summary>Rollups, their deltas, manifests and closings, and unmatched names.</summary>
internal sealed class MongoRollupStore(MongoStoreContext context) : IRollupStore
{
    private readonly MongoTransactions transactions = context.Transactions;
    private readonly MongoCollections collections = context.Collections;

    public ValueTask<int> FoldAsync(int limit, Func<Timestamp> clock, CancellationToken cancellation) =>
        RollupFolder.FoldAsync(
            limit,
            (count, exceptBrands) => transactions.ReadSnapshotAsync(
                session => MongoDeltas.CountOldestByBrandAsync(session, collections, count, exceptBrands, cancellation),
                cancellation),
            (brand, count) => transactions.RunTransactionAsync(
                session => MongoRollupFold.FoldBrandAsync(session, collections, brand, count, clock, cancellation),
                cancellation));

    public ValueTask<(long Count, Timestamp? Oldest)> ReadBacklogAsync(CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session => (
                await session.CountAsync(collections.Deltas, [], cancellation),
                await MongoDeltas.ReadOldestAsync(session, collections, cancellation)),
            cancellation);

    public ValueTask<RollupReading> ReadRollupsAsync(
        string brand, DateOnly from, DateOnly to, Timestamp? asOf, CancellationToken cancellation)
    {
        var filter = MongoRollupCells.DayRangeFilter(brand, from, to);
        var order = new BsonDocument { { "day", 1 }, { "campaign", 1 }, { "creator", 1 } };
        return transactions.ReadSnapshotAsync(
            async session =>
            {
                // Kept as stored, and decoded while they are enumerated.
                var rows = new List<(RollupKey Key, byte[] Cell)>();
                await foreach (var rollup in session.StreamAsync(
                    collections.RollupCells, filter, order, null, null, cancellation))
                    rows.Add((MongoRollupCells.KeyFromBson(rollup), rollup.Bytes("cell")));
                var since = asOf is { } instant
                    ? await MongoManifests.SumAfterAsync(session, collections, brand, from, to, instant, cancellation)
                    : new MeasureSums();
                return new RollupReading(
                    RollupLayout.SubtractFolds(rows, since).ToAsyncEnumerable(),
                    await MongoReportMoments.ReadAsync(session, collections, brand, asOf, cancellation),
                    asOf is null ? await MongoDeltas.ReadOldestAsync(session, collections, cancellation) : null);
            },
            cancellation);
    }

    public ValueTask<IReadOnlyList<RollupReading>> SumRollupsAsync(
        string brand, IReadOnlyList<RollupSumQuery> queries, Timestamp? asOf, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync<IReadOnlyList<RollupReading>>(
            async session =>
            {
                var sums = new List<MeasureSums>(queries.Count);
                foreach (var query in asOf is null ? queries : RollupAsOf.SelectModels(queries))
                    sums.Add(await MongoRollupSums.SumAsync(session, collections, brand, query, cancellation));
                if (asOf is { } instant && queries.Count > 0)
                {
                    var (first, last) = RollupAsOf.FindSpan(queries);
                    RollupAsOf.Subtract(
                        queries, sums,
                        await MongoManifests.SumAfterAsync(session, collections, brand, first, last, instant, cancellation));
                }

                var moment = await MongoReportMoments.ReadAsync(session, collections, brand, asOf, cancellation);
                var waiting = asOf is null ? await MongoDeltas.ReadOldestAsync(session, collections, cancellation) : null;
                return [.. sums.Select(sum => new RollupReading(RollupLayout.Sort(sum).ToAsyncEnumerable(), moment, waiting))];
            },
            cancellation);

    public ValueTask<IReadOnlyList<long[]>> ReadTrendsAsync(
        string brand, IReadOnlyList<Placement> placements, DateOnly from, DateOnly to, bool byFortnight,
        Func<MeasureCell, long> number, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync<IReadOnlyList<long[]>>(
            async session => await MongoRollupSums.ReadTrendsAsync(
                session, collections, brand, placements, from, to, byFortnight, number, cancellation),
            cancellation);

    public ValueTask<RollupChanges> ReadChangesAsync(
        string brand, string? after, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var (manifest, day) = ExportCursor.ParseRollups(after);
        return transactions.ReadSnapshotAsync(
            async session =>
            {
                var last = await MongoManifests.ReadLastNumberAsync(session, collections, brand, cancellation);
                if (manifest > last) throw ExportCursor.AheadOfStore(after);
                var closed = await MongoClosings.ReadClosedThroughAsync(
                    session, collections, brand, null, cancellation);
                return day is { } delivered
                    ? await MongoRollupChanges.ReadSnapshotPageAsync(
                        session, collections, brand, manifest ?? last, delivered, limit, closed, cancellation)
                    : await MongoRollupChanges.ReadChangesPageAsync(
                        session, collections, brand, manifest!.Value, last, limit, closed, cancellation);
            },
            cancellation);
    }

    public ValueTask<RollupState> ReadStateAsync(string brand, Timestamp? asOf, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session => new RollupState(
                await MongoReportMoments.ReadAsync(session, collections, brand, asOf, cancellation),
                asOf is null ? await MongoDeltas.ReadOldestAsync(session, collections, cancellation) : null),
            cancellation);

    public ValueTask<IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>>> ReadTotalsAsync(
        string brand, CancellationToken cancellation)
    {
        var totals = new BsonDocument { { "brand", brand }, { "campaign", RollupKey.TotalCampaign }, { "creator", "" } };
        return transactions.ReadSnapshotAsync<IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>>>(
            async session => (await session.FindAsync(collections.RollupCells, totals, cancellation, sort: new("day", 1)))
                .ConvertAll(rollup => KeyValuePair.Create(rollup.Day("day"), MongoRollupCells.CellFromBson(rollup))),
            cancellation);
    }

    public ValueTask<(IReadOnlyList<UnmatchedName> Names, string? Cursor)> ListUnmatchedAsync(
        string brand, UnmatchedKind? kind, string? cursor, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var after = RollupLayout.ParseUnmatchedCursor(cursor);
        var filter = new BsonDocument("brand", brand);
        if (kind is { } requested) filter.Add("kind", (int)requested);
        return transactions.ReadSnapshotAsync<(IReadOnlyList<UnmatchedName>, string?)>(
            async session =>
            {
                var found = await MongoUnmatchedNames.ListAsync(
                    session, collections, filter, after, limit + 1L, cancellation);
                var names = found.Take(limit).ToList();
                return (names, found.Count > limit ? RollupLayout.FormatUnmatchedCursor(names[^1]) : null);
            },
            cancellation);
    }

    public ValueTask<DateOnly?> ReadClosedThroughAsync(string brand, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            session => MongoClosings.ReadClosedThroughAsync(session, collections, brand, null, cancellation),
            cancellation);

    public async ValueTask CloseDaysAsync(string brand, DateOnly through, Timestamp at, CancellationToken cancellation)
    {
        if (through <= await ReadClosedThroughAsync(brand, cancellation)) return;
        await context.Gates.RunExclusiveAsync(
            async bar => await transactions.RunTransactionAsync(
                async session =>
                {
                    await context.Gates.ReopenGatesAsync(session, bar, cancellation);
                    return await MongoClosings.CloseAsync(session, collections, brand, through, at, cancellation);
                },
                cancellation),
            cancellation);
    }

    public async IAsyncEnumerable<FoldManifestDocument> ReadManifestsAsync(
        string brand, Timestamp? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        const int Chunk = 256;
        // Manifests never change, and their times never decrease: reading them in chunks gives the same result as one
        // read.
        var last = 0L;
        while (true)
        {
            var filter = new BsonDocument { { "brand", brand }, { "number", new BsonDocument("$gt", last) } };
            if (after is { } instant) filter.Add("at", new BsonDocument("$gt", instant.UnixMilliseconds));
            var manifests = await transactions.ReadSnapshotAsync(
                session => session.FindAsync(collections.Manifests, filter, cancellation, sort: new("number", 1), limit: Chunk),
                cancellation);
            foreach (var manifest in manifests) yield return MongoManifests.FromBson(manifest);
            if (manifests.Count < Chunk) yield break;
            last = manifests[^1].Number("number");
        }
    }
}
