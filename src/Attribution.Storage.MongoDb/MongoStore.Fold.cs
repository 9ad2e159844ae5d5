using System.Globalization;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rollups;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

// Two that fold one brand at once would remove the same deltas: MongoDB lets one of them through, and the other begins again.
public sealed partial class MongoStore
{
    /// <summary>
    /// A fold takes no further delta when its sums hold as many cells. With the last delta's (<see cref="MaxCellsPerDelta"/>) they are at most 12,000, and its manifest some 12 MiB where every
    /// number of them is large: a document holds 16. Each cell is two or three documents written, of the 60 seconds that a transaction has a few.
    /// </summary>
    private const int MaxCellsPerFold = 8_000;

    /// <inheritdoc/>
    public async ValueTask<int> FoldAsync(int limit, Timestamp at, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var (folded, beyond) = (0, new List<string>());
        bool again;
        do
        {
            // A brand beyond counting must not take the place of those that can be folded.
            again = false;
            var aside = new BsonDocument("brand", new BsonDocument("$nin", new BsonArray(beyond)));
            var oldest = await ReadSnapshotAsync(session => session.FindAsync(Deltas, aside, cancellation, sort: new("_id", 1), limit: limit - folded, only: new("brand", 1)), cancellation);
            foreach (var brand in oldest.GroupBy(delta => delta.Text("brand"), StringComparer.Ordinal).OrderBy(brand => brand.Key, StringComparer.Ordinal))
            {
                try
                {
                    folded += await RunTransactionAsync(session => FoldBrandAsync(session, brand.Key, brand.Count(), at, cancellation), cancellation);
                }
                catch (OverflowException)
                {
                    beyond.Add(brand.Key);
                    again = true;
                }
            }
        }
        while (again && folded < limit);

        return beyond.Count == 0 ? folded : throw RollupLayout.SumOverflow(beyond);
    }

    private async Task<int> FoldBrandAsync(MongoSession session, string brand, int limit, Timestamp at, CancellationToken cancellation)
    {
        var sums = new MeasureSums();
        var deltas = await session.FindAsync(Deltas, new("brand", brand), cancellation, sort: new("_id", 1), limit: Math.Min(limit, 1_000));
        if (deltas.Count == 0) return 0;
        var folded = 0;
        for (; folded < deltas.Count && sums.Cells.Count < MaxCellsPerFold; folded++) MeasureCodec.AddTo(sums, brand, deltas[folded].Bytes("sums"));
        sums.DropZeros();

        await CountUnmatchedAsync(session, brand, sums, cancellation);
        // Deltas that cancel out have nothing to tell.
        if (sums.Cells.Count > 0)
        {
            foreach (var rows in RollupLayout.AllTables) await AddToRollupsAsync(session, CollectionFor(rows), brand, RollupLayout.ChangesFor(rows, sums).DropZeros(), cancellation);
            await InsertManifestAsync(session, brand, at, sums, cancellation);
        }
        await session.DeleteAsync(Deltas, new("_id", BsonValues.MatchAny(deltas.Take(folded).Select(delta => delta["_id"]))), cancellation);
        return folded;
    }

    private async Task InsertManifestAsync(MongoSession session, string brand, Timestamp at, MeasureSums sums, CancellationToken cancellation)
    {
        var last = await session.FirstAsync(Manifests, new("brand", brand), cancellation, sort: new("number", -1), only: new() { { "number", 1 }, { "at", 1 } });
        var days = sums.Cells.Keys.Select(key => key.Day.DayNumber).ToList();
        await session.InsertAsync(
            Manifests,
            [
                new()
                {
                    { "brand", brand }, { "number", (last?.Number("number") ?? 0) + 1 }, { "at", Math.Max(last?.Number("at") ?? long.MinValue, at.UnixMilliseconds) },
                    { "firstDay", days.Min() }, { "lastDay", days.Max() }, { "sums", MeasureCodec.Encode(sums.Cells, new DocumentWriter()) },
                },
            ],
            cancellation);
    }

    /// <summary>Counts the unmatched names of a fold, and takes them out of it. A count that comes to nothing is removed.</summary>
    private async Task CountUnmatchedAsync(MongoSession session, string brand, MeasureSums sums, CancellationToken cancellation)
    {
        var (counts, days) = (new List<WriteModel<BsonDocument>>(), new HashSet<int>());
        foreach (var (key, cell) in sums.Cells.Where(cell => cell.Key.IsUnmatched).ToArray())
        {
            var kind = UnmatchedNames.KindOf(key);
            days.Add(key.Day.DayNumber);
            counts.Add(new UpdateOneModel<BsonDocument>(
                new BsonDocument
                {
                    { "_id", string.Create(CultureInfo.InvariantCulture, $"{brand} {key.Day.DayNumber} {(int)kind} {key.Creator}") }, { "brand", brand }, { "day", key.Day.DayNumber },
                    { "kind", (int)kind }, { "name", key.Creator },
                },
                new BsonDocument("$inc", new BsonDocument("count", cell[UnmatchedNames.MeasureOf(kind)]))) { IsUpsert = true });
            sums.Remove(key);
        }
        if (counts.Count == 0) return;
        await session.WriteAsync(Unmatched, counts, cancellation);
        await session.DeleteAsync(Unmatched, new() { { "brand", brand }, { "day", BsonValues.MatchAny(days.Select(day => (BsonValue)day)) }, { "count", 0L } }, cancellation);
    }
}
