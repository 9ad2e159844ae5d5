using System.Collections.Immutable;
using Attribution.Core.Values;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Runs;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

public sealed partial class MongoStore
{
    /// <inheritdoc/>
    public ValueTask<bool> TryAddRunAsync(RunDocument run, int most, CancellationToken cancellation) =>
        RunTransactionAsync(
            async session =>
            {
                // Two that count at once must not both find room: they meet here.
                var meet = await session.UpdateAsync(Meta, new("_id", "store"), new("$inc", new BsonDocument("runs", 1L)), cancellation);
                var unfinished = new BsonDocument { { "kind", run.Kind }, { "status", new BsonDocument("$lte", (int)RunStatus.Running) } };
                if (meet == 0 || (await session.FindAsync(Runs, unfinished, cancellation, limit: most, only: new("_id", 1))).Count >= most)
                {
                    session.Abandon();
                    return false;
                }
                await session.InsertAsync(Runs, [RunToBson(run)], cancellation);
                return true;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<RunDocument?> ClaimRunAsync(string kind, Timestamp silentSince, Timestamp at, CancellationToken cancellation) =>
        WriteSingleAsync(async () =>
        {
            var waiting = new BsonArray
            {
                new BsonDocument("status", (int)RunStatus.Queued),
                new BsonDocument { { "status", (int)RunStatus.Running }, { "updatedAt", new BsonDocument("$lt", silentSince.UnixMilliseconds) } },
            };
            var taken = await Runs.FindOneAndUpdateAsync<BsonDocument>(
                new BsonDocument { { "kind", kind }, { "$or", waiting } },
                new BsonDocument
                {
                    { "$set", new BsonDocument { { "status", (int)RunStatus.Running }, { "done", 0L }, { "total", 0L }, { "updatedAt", at.UnixMilliseconds } } },
                    { "$inc", new BsonDocument("attempt", 1) }, { "$unset", new BsonDocument("phase", 1) },
                },
                new() { Sort = new BsonDocument("_id", 1), ReturnDocument = ReturnDocument.After }, cancellation);
            return taken is null ? null : RunFromBson(taken);
        });

    /// <inheritdoc/>
    public ValueTask<bool> UpdateRunAsync(RunDocument run, CancellationToken cancellation) =>
        WriteSingleAsync(async () => (await Runs.ReplaceOneAsync(
            new BsonDocument { { "_id", BsonValues.ToBson(run.Id) }, { "attempt", run.Attempt }, { "status", (int)RunStatus.Running } }, RunToBson(run), cancellationToken: cancellation)).MatchedCount == 1);

    /// <inheritdoc/>
    public ValueTask<RunDocument?> FindRunAsync(string kind, Guid id, CancellationToken cancellation) =>
        ReadSnapshotAsync(
            async session => await session.FirstAsync(Runs, new() { { "_id", BsonValues.ToBson(id) }, { "kind", kind } }, cancellation) is { } run ? RunFromBson(run) : null, cancellation);

    /// <inheritdoc/>
    public async ValueTask DeleteEndedRunsAsync(string kind, Timestamp endedBefore, CancellationToken cancellation) =>
        await WriteSingleAsync(() => Runs.DeleteManyAsync(
            new BsonDocument
            {
                { "kind", kind }, { "status", new BsonDocument("$gt", (int)RunStatus.Running) }, { "updatedAt", new BsonDocument("$lt", endedBefore.UnixMilliseconds) },
            },
            cancellation));

    private static BsonDocument RunToBson(RunDocument run) => new BsonDocument
    {
        { "_id", BsonValues.ToBson(run.Id) }, { "kind", run.Kind }, { "request", run.Request.ToArray() }, { "status", (int)run.Status }, { "attempt", run.Attempt },
        { "done", run.Done }, { "total", run.Total }, { "createdAt", run.CreatedAt.UnixMilliseconds }, { "updatedAt", run.UpdatedAt.UnixMilliseconds },
        { "answer", run.Answer.ToArray() },
    }.AddIfPresent("fault", run.Fault).AddIfPresent("phase", run.Phase);

    private static RunDocument RunFromBson(BsonDocument run) => new()
    {
        Id = run.Id(),
        Kind = run.Text("kind"),
        Request = run.Bytes("request").ToImmutableArray(),
        Status = (RunStatus)run.Number("status"),
        Attempt = (int)run.Number("attempt"),
        Done = run.Number("done"),
        Total = run.Number("total"),
        CreatedAt = run.Instant("createdAt"),
        UpdatedAt = run.Instant("updatedAt"),
        Answer = run.Bytes("answer").ToImmutableArray(),
        Fault = run.TextOrNull("fault"),
        Phase = run.TextOrNull("phase"),
    };
}
