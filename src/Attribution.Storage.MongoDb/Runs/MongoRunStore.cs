using System.Collections.Immutable;
using Attribution.Core.Values;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Runs;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Runs;

/// <summary>Long-running work that processes claim.</summary>
internal sealed class MongoRunStore(MongoStoreContext context) : IRunStore
{
    private readonly MongoTransactions transactions = context.Transactions;
    private readonly MongoCollections collections = context.Collections;

    public ValueTask<bool> TryAddRunAsync(RunDocument run, int most, CancellationToken cancellation) =>
        transactions.RunTransactionAsync(
            async session =>
            {
                // Concurrent transactions conflict at this document: otherwise both could count the same free place.
                var matched = await session.UpdateAsync(
                    collections.Meta, MongoMeta.StoreFilter, new("$inc", new BsonDocument("runs", 1L)), cancellation);
                var unfinished = new BsonDocument
                {
                    { "kind", run.Kind }, { "status", new BsonDocument("$lte", (int)RunStatus.Running) },
                };
                if (matched == 0
                    || (await session.FindAsync(collections.Runs, unfinished, cancellation, limit: most, only: new("_id", 1))).Count >= most)
                {
                    session.Abandon();
                    return false;
                }
                await session.InsertAsync(collections.Runs, [ToBson(run)], cancellation);
                return true;
            },
            cancellation);

    public ValueTask<IReadOnlyList<RunDocument>> ListUnfinishedRunsAsync(string kind, CancellationToken cancellation)
    {
        var unfinished = new BsonDocument
        {
            { "kind", kind }, { "status", new BsonDocument("$lte", (int)RunStatus.Running) },
        };
        return transactions.ReadSnapshotAsync<IReadOnlyList<RunDocument>>(
            async session =>
                [.. (await session.FindAsync(collections.Runs, unfinished, cancellation, sort: new("_id", 1))).Select(FromBson)],
            cancellation);
    }

    public ValueTask<RunDocument?> TryClaimRunAsync(RunDocument run, Timestamp at, CancellationToken cancellation) =>
        transactions.WriteSingleAsync(async () =>
        {
            var unchanged = new BsonDocument
            {
                { "_id", BsonValues.ToBson(run.Id) }, { "status", (int)run.Status }, { "attempt", run.Attempt },
                { "updatedAt", run.UpdatedAt.UnixMilliseconds },
            };
            var running = new BsonDocument
            {
                { "status", (int)RunStatus.Running }, { "done", 0L }, { "total", 0L }, { "updatedAt", at.UnixMilliseconds },
            };
            var claimed = await collections.Runs.FindOneAndUpdateAsync<BsonDocument>(
                unchanged,
                new BsonDocument
                {
                    { "$set", running }, { "$inc", new BsonDocument("attempt", 1) }, { "$unset", new BsonDocument("phase", 1) },
                },
                new() { ReturnDocument = ReturnDocument.After }, cancellation);
            return claimed is null ? null : FromBson(claimed);
        });

    /// <inheritdoc/>
    /// <remarks>
    /// An answer that does not fit a document is written in parts before the run. Parts without their run, after a crash or if
    /// another process has claimed it, are deleted with the ended runs.
    /// </remarks>
    public async ValueTask<bool> UpdateRunAsync(RunDocument run, CancellationToken cancellation)
    {
        foreach (var part in MongoRunAnswers.ToParts(run))
            await transactions.WriteSingleAsync(() => collections.Runs.ReplaceOneAsync(
                new BsonDocument("_id", part["_id"]), part, new ReplaceOptions { IsUpsert = true }, cancellation));
        return await transactions.WriteSingleAsync(async () =>
        {
            var claimed = new BsonDocument
            {
                { "_id", BsonValues.ToBson(run.Id) }, { "attempt", run.Attempt }, { "status", (int)RunStatus.Running },
            };
            var result = await collections.Runs.ReplaceOneAsync(claimed, ToBson(run), cancellationToken: cancellation);
            return result.MatchedCount == 1;
        });
    }

    public ValueTask<RunDocument?> FindRunAsync(string kind, Guid id, CancellationToken cancellation)
    {
        var filter = new BsonDocument { { "_id", BsonValues.ToBson(id) }, { "kind", kind } };
        return transactions.ReadSnapshotAsync(
            async session => await session.FirstAsync(collections.Runs, filter, cancellation) is { } run
                ? FromBson(run) with { Answer = await MongoRunAnswers.ReadAsync(session, collections, run, cancellation) }
                : null,
            cancellation);
    }

    public async ValueTask DeleteEndedRunsAsync(string kind, Timestamp endedBefore, CancellationToken cancellation)
    {
        var ended = new BsonDocument
        {
            { "kind", kind }, { "status", new BsonDocument("$gt", (int)RunStatus.Running) },
            { "updatedAt", new BsonDocument("$lt", endedBefore.UnixMilliseconds) },
        };
        await transactions.WriteSingleAsync(() => collections.Runs.DeleteManyAsync(ended, cancellation));
    }

    private static BsonDocument ToBson(RunDocument run) => MongoRunAnswers.AddTo(run, new BsonDocument
    {
        { "_id", BsonValues.ToBson(run.Id) }, { "kind", run.Kind }, { "request", run.Request.ToArray() },
        { "status", (int)run.Status }, { "attempt", run.Attempt }, { "done", run.Done }, { "total", run.Total },
        { "createdAt", run.CreatedAt.UnixMilliseconds }, { "updatedAt", run.UpdatedAt.UnixMilliseconds },
    }.AddIfPresent("fault", run.Fault).AddIfPresent("phase", run.Phase));

    private static RunDocument FromBson(BsonDocument run) => new()
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
