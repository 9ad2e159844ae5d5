using System.Runtime.CompilerServices;
using Attribution.Core.Journeys;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Jobs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rollups;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

public sealed partial class MongoStore
{
    /// <inheritdoc/>
    public ValueTask<(long Count, Timestamp? Oldest)> ReadBacklogAsync(CancellationToken cancellation) =>
        ReadSnapshotAsync(async session => (await session.CountAsync(Deltas, [], cancellation), await ReadOldestDeltaAsync(session, cancellation)), cancellation);

    /// <inheritdoc/>
    public ValueTask<DateOnly?> ReadClosedThroughAsync(string brand, CancellationToken cancellation) =>
        ReadSnapshotAsync(session => ReadClosedThroughAsync(session, brand, null, cancellation), cancellation);

    /// <inheritdoc/>
    public async ValueTask CloseDaysAsync(string brand, DateOnly through, Timestamp at, CancellationToken cancellation)
    {
        if (through <= await ReadClosedThroughAsync(brand, cancellation)) return;
        await RunExclusiveAsync(
            async bar => await RunTransactionAsync(
                async session =>
                {
                    await ReopenGatesAsync(session, bar, cancellation);
                    var last = await session.FirstAsync(Closings, new("brand", brand), cancellation, sort: new("through", -1));
                    if (last is not null && through <= last.Day("through")) return false;
                    while (await FoldBrandAsync(session, brand, int.MaxValue, at, cancellation) > 0)
                    {
                    }
                    var then = Math.Max(last?.Number("at") ?? long.MinValue, at.UnixMilliseconds);
                    await session.InsertAsync(Closings, [new() { { "brand", brand }, { "through", through.DayNumber }, { "at", then } }], cancellation);
                    return true;
                },
                cancellation),
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryAcquireLeaseAsync(string lease, string holder, Timestamp now, Timestamp until, CancellationToken cancellation) =>
        WriteSingleAsync(async () =>
        {
            var free = new BsonArray { new BsonDocument("holder", holder), new BsonDocument("until", new BsonDocument("$lte", now.UnixMilliseconds)) };
            try
            {
                await Leases.UpdateOneAsync(
                    new BsonDocument { { "_id", lease }, { "$or", free } },
                    new BsonDocument("$set", new BsonDocument { { "holder", holder }, { "until", until.UnixMilliseconds } }), new UpdateOptions { IsUpsert = true }, cancellation);
                return true;
            }
            catch (MongoWriteException e) when (e.WriteError.Category == ServerErrorCategory.DuplicateKey)
            {
                // Another holds it, so that one of this name was to be inserted a second time.
                return false;
            }
        });

    /// <inheritdoc/>
    public async ValueTask ReleaseLeaseAsync(string lease, string holder, CancellationToken cancellation) =>
        await WriteSingleAsync(() => Leases.DeleteOneAsync(new BsonDocument { { "_id", lease }, { "holder", holder } }, cancellation));

    /// <inheritdoc/>
    public ValueTask<Timestamp?> ReadLastJobRunAsync(string job, CancellationToken cancellation) =>
        ReadSnapshotAsync(async session => (await session.FirstAsync(Jobs, new("_id", job), cancellation))?.Instant("ranAt"), cancellation);

    /// <inheritdoc/>
    public async ValueTask RecordJobRunAsync(string job, Timestamp at, CancellationToken cancellation) =>
        await WriteSingleAsync(() => Jobs.UpdateOneAsync(
            new BsonDocument("_id", job), new BsonDocument("$max", new BsonDocument("ranAt", at.UnixMilliseconds)), new UpdateOptions { IsUpsert = true }, cancellation));

    /// <inheritdoc/>
    public ValueTask<FitAttempt?> ReadLastFitAttemptAsync(string brand, CancellationToken cancellation) =>
        ReadSnapshotAsync(
            async session => await session.FirstAsync(FitAttempts, new("_id", brand), cancellation) is { } attempt
                ? new FitAttempt(brand, attempt.Instant("at"), attempt.TextOrNull("refusal")) : null,
            cancellation);

    /// <inheritdoc/>
    public async ValueTask RecordFitAttemptAsync(FitAttempt attempt, CancellationToken cancellation) =>
        await WriteSingleAsync(() => FitAttempts.ReplaceOneAsync(
            new BsonDocument("_id", attempt.Brand),
            new BsonDocument { { "_id", attempt.Brand }, { "at", attempt.At.UnixMilliseconds } }.AddIfPresent("refusal", attempt.Refusal), new ReplaceOptions { IsUpsert = true }, cancellation));

    /// <inheritdoc/>
    public ValueTask<(MeasureSums Sums, long CatalogVersion, long Generation)> ReadForReconciliationAsync(Action<Journey> onJourney, CancellationToken cancellation) =>
        ReadSnapshotAsync(
            async session =>
            {
                var meta = await ReadMetaAsync(session, cancellation);
                var sums = await SumRecordedMeasuresAsync(session, cancellation);
                await foreach (var document in session.StreamAsync(Journeys(meta.Number("generation")), LiveFilter, null, null, new("journey", 1), cancellation))
                    onJourney(JourneyCodec.Decode(document.Bytes("journey")));
                return (sums, meta.Number("catalogVersion"), meta.Number("generation"));
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<bool> AppendCorrectionAsync(MeasureSums deltas, long? generation, Timestamp at, CancellationToken cancellation)
    {
        var documents = DeltasToBson(deltas, at, new DocumentWriter());
        return RunTransactionAsync(
            async session =>
            {
                if (generation is { } seen && seen != await ReadGenerationAsync(session, cancellation))
                {
                    session.Abandon();
                    return false;
                }
                await session.InsertAsync(Deltas, documents, cancellation);
                await EnterGateAsync(session, cancellation);
                return true;
            },
            cancellation);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<FoldManifestDocument> ReadManifestsAsync(
        string brand, Timestamp? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        const int Chunk = 256;
        // Manifests never change, and their instants never go back: chunks read one by one are as good as one.
        var last = 0L;
        while (true)
        {
            var filter = new BsonDocument { { "brand", brand }, { "number", new BsonDocument("$gt", last) } };
            if (after is { } instant) filter.Add("at", new BsonDocument("$gt", instant.UnixMilliseconds));
            var manifests = await ReadSnapshotAsync(session => session.FindAsync(Manifests, filter, cancellation, sort: new("number", 1), limit: Chunk), cancellation);
            foreach (var manifest in manifests)
            {
                var sums = new MeasureSums();
                MeasureCodec.AddTo(sums, brand, manifest.Bytes("sums"));
                yield return new FoldManifestDocument(brand, manifest.Number("number"), manifest.Instant("at"), sums);
            }
            if (manifests.Count < Chunk) yield break;
            last = manifests[^1].Number("number");
        }
    }

    /// <summary>What rollups, unmatched names and waiting deltas say together, less what agreements add to journeys and costs.</summary>
    private async Task<MeasureSums> SumRecordedMeasuresAsync(MongoSession session, CancellationToken cancellation)
    {
        var sums = new MeasureSums();
        await foreach (var rollup in session.StreamAsync(RollupCells, [], null, null, null, cancellation)) sums[RollupKeyFromBson(rollup)].Add(MeasureCodec.DecodeCell(rollup.Bytes("cell")));
        await foreach (var name in session.StreamAsync(Unmatched, [], null, null, null, cancellation))
        {
            var kind = (UnmatchedKind)name.Number("kind");
            sums.Add(RollupKey.Unmatched(name.Text("brand"), name.Day("day"), kind, name.Text("name")), UnmatchedNames.MeasureOf(kind), name.Number("count"));
        }
        await foreach (var delta in session.StreamAsync(Deltas, [], null, null, null, cancellation)) MeasureCodec.AddTo(sums, delta.Text("brand"), delta.Bytes("sums"));
        await AddAdjustmentsAsync(session, sums, -1, cancellation);
        return sums;
    }
}
