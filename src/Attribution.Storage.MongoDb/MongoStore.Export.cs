using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;
using Attribution.Storage.Export;
using Attribution.Storage.Ledger;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rollups;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

// Who keeps a copy asks from where it stands. Commits draw no number, which would have all of them meet: lines are numbered when they are asked for, so that
// what is committed later has the greater one. Manifests are numbered by folds.
public sealed partial class MongoStore
{
    private const int NumberingBatchSize = 1_000;

    /// <inheritdoc/>
    public async ValueTask<LedgerPage> ReadLedgerPageAsync(string brand, string? after, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var from = after is null ? 0 : ExportCursor.ParseNumber(after);
        while (await RunTransactionAsync(session => NumberLinesAsync(session, cancellation), cancellation))
        {
        }
        return await ReadSnapshotAsync(
            async session =>
            {
                var last = (await session.FirstAsync(Meta, new("_id", "lines"), cancellation))?.Number("number") ?? 0;
                if (from > last) throw ExportCursor.AheadOfStore(after);
                var found = await session.FindAsync(Ledger, new() { { "brand", brand }, { "number", new BsonDocument("$gt", from) } }, cancellation, sort: new("number", 1), limit: limit);
                var lines = found.ConvertAll(line =>
                {
                    var restates = line.Contains("restates") ? (RestatedDay)line.Number("restates") : 0;
                    return new NumberedLedgerEntry(line.Number("number"), LedgerEntryFromBson(line), restates.HasFlag(RestatedDay.OrderDay), restates.HasFlag(RestatedDay.EntryDay));
                });
                // What is of other brands is behind the reader as well.
                var isWhole = lines.Count < limit;
                return new LedgerPage(lines, ExportCursor.Format(isWhole ? last : lines[^1].Number), !isWhole);
            },
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<RollupChanges> ReadChangesAsync(string brand, string? after, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var (manifest, day) = ExportCursor.ParseRollups(after);
        return ReadSnapshotAsync(
            async session =>
            {
                var last = await ReadLastManifestAsync(session, brand, cancellation);
                if (manifest > last) throw ExportCursor.AheadOfStore(after);
                var closed = await ReadClosedThroughAsync(session, brand, null, cancellation);
                return day is { } delivered
                    ? await ReadSnapshotPageAsync(session, brand, manifest ?? last, delivered, limit, closed, cancellation)
                    : await ReadChangesPageAsync(session, brand, manifest!.Value, last, limit, closed, cancellation);
            },
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<RollupState> ReadStateAsync(string brand, CancellationToken cancellation) =>
        ReadSnapshotAsync(
            async session => new RollupState(
                await ReadLastManifestAsync(session, brand, cancellation), await ReadClosedThroughAsync(session, brand, null, cancellation), await ReadOldestDeltaAsync(session, cancellation)),
            cancellation);

    /// <summary>Whether there may be more without a number.</summary>
    private async Task<bool> NumberLinesAsync(MongoSession session, CancellationToken cancellation)
    {
        var fresh = await session.FindAsync(Ledger, new("fresh", true), cancellation, sort: new("_id", 1), limit: NumberingBatchSize, only: new() { { "brand", 1 }, { "conversion", 1 } });
        if (fresh.Count == 0)
        {
            session.Abandon();
            return false;
        }
        var number = (await session.FirstAsync(Meta, new("_id", "lines"), cancellation))?.Number("number") ?? 0;
        // Two that number at once meet here, and one begins again.
        await UpsertAsync(session, Meta, new() { { "_id", "lines" }, { "number", number + fresh.Count } }, cancellation);
        await session.WriteAsync(
            Ledger,
            fresh.ConvertAll(line => new UpdateOneModel<BsonDocument>(
                line, new BsonDocument { { "$set", new BsonDocument("number", ++number) }, { "$unset", new BsonDocument("fresh", 1) } })),
            cancellation);
        return fresh.Count == NumberingBatchSize;
    }

    /// <summary>The rollups of the days after one, whole days at a time.</summary>
    private async Task<RollupChanges> ReadSnapshotPageAsync(MongoSession session, string brand, long manifest, long delivered, int limit, DateOnly? closed, CancellationToken cancellation)
    {
        var changes = new List<KeyValuePair<RollupKey, MeasureCell?>>();
        var days = new BsonDocument { { "brand", brand }, { "day", new BsonDocument("$gt", delivered) } };
        await foreach (var rollup in session.StreamAsync(RollupCells, days, new() { { "day", 1 }, { "campaign", 1 }, { "creator", 1 } }, null, null, cancellation))
        {
            var key = RollupKeyFromBson(rollup);
            if (changes.Count >= limit && changes[^1].Key.Day != key.Day)
                return new RollupChanges(changes, ExportCursor.Format(manifest, changes[^1].Key.Day.DayNumber), HasMore: true, closed);
            changes.Add(new(key, MeasureCodec.DecodeCell(rollup.Bytes("cell"))));
        }
        return new RollupChanges(changes, ExportCursor.Format(manifest), HasMore: true, closed);
    }

    /// <summary>What the folds after one changed, as it stands now; several folds at a time, so that a rollup that all of them changed comes once.</summary>
    private async Task<RollupChanges> ReadChangesPageAsync(MongoSession session, string brand, long manifest, long last, int limit, DateOnly? closed, CancellationToken cancellation)
    {
        var sums = new MeasureSums();
        await foreach (var fold in session.StreamAsync(
            Manifests, new() { { "brand", brand }, { "number", new BsonDocument("$gt", manifest) } }, new("number", 1), null, null, cancellation))
        {
            manifest = fold.Number("number");
            MeasureCodec.AddTo(sums, brand, fold.Bytes("sums"));
            if (sums.Cells.Count >= limit) break;
        }

        var cells = new Dictionary<RollupKey, MeasureCell>();
        foreach (var some in sums.Cells.Keys.Chunk(1_000))
            foreach (var rollup in await session.FindAsync(RollupCells, new() { { "brand", brand }, { "_id", BsonValues.MatchAny(some.Select(key => (BsonValue)RollupId(key))) } }, cancellation))
                cells.Add(RollupKeyFromBson(rollup), MeasureCodec.DecodeCell(rollup.Bytes("cell")));
        var keys = sums.Cells.Keys.OrderBy(key => key.Day).ThenBy(key => key.Campaign, StringComparer.Ordinal).ThenBy(key => key.Creator, StringComparer.Ordinal);
        return new RollupChanges([.. keys.Select(key => KeyValuePair.Create(key, cells.GetValueOrDefault(key)))], ExportCursor.Format(manifest), manifest < last, closed);
    }

    private async Task<long> ReadLastManifestAsync(MongoSession session, string brand, CancellationToken cancellation) =>
        (await session.FirstAsync(Manifests, new("brand", brand), cancellation, sort: new("number", -1), only: new("number", 1)))?.Number("number") ?? 0;
}
