using Attribution.Core.Values;
using Attribution.Storage.Jobs;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Jobs;

/// <summary>Leases, job runs, fit attempts and attempts at messages.</summary>
internal sealed class MongoJobStore(MongoStoreContext context) : IJobStore
{
    private static readonly UpdateOptions Upsert = new() { IsUpsert = true };

    private readonly MongoTransactions transactions = context.Transactions;
    private readonly MongoCollections collections = context.Collections;

    public ValueTask<bool> TryAcquireLeaseAsync(
        string lease, string holder, Timestamp now, Timestamp until, CancellationToken cancellation) =>
        transactions.WriteSingleAsync(async () =>
        {
            var free = new BsonArray
            {
                new BsonDocument("holder", holder), new BsonDocument("until", new BsonDocument("$lte", now.UnixMilliseconds)),
                new BsonDocument("until", new BsonDocument("$gt", until.UnixMilliseconds)),
            };
            try
            {
                await collections.Leases.UpdateOneAsync(
                    new BsonDocument { { "_id", lease }, { "$or", free } },
                    new BsonDocument("$set", new BsonDocument { { "holder", holder }, { "until", until.UnixMilliseconds } }),
                    Upsert, cancellation);
                return true;
            }
            catch (MongoWriteException e) when (e.WriteError.Category == ServerErrorCategory.DuplicateKey)
            {
                // Another holder has the lease: the filter does not match, so the server tried to insert it a second
                // time.
                return false;
            }
        });

    public ValueTask<Lease?> FindLeaseAsync(string lease, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session => await session.FirstAsync(collections.Leases, new("_id", lease), cancellation) is { } held
                ? new Lease(held.Text("holder"), held.Instant("until"))
                : null,
            cancellation);

    public async ValueTask ReleaseLeaseAsync(string lease, string holder, CancellationToken cancellation)
    {
        var held = new BsonDocument { { "_id", lease }, { "holder", holder } };
        await transactions.WriteSingleAsync(() => collections.Leases.DeleteOneAsync(held, cancellation));
    }

    public ValueTask<Timestamp?> ReadLastJobRunAsync(string job, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session => (await session.FirstAsync(collections.Jobs, new("_id", job), cancellation))?.Instant("ranAt"),
            cancellation);

    public async ValueTask RecordJobRunAsync(string job, Timestamp at, CancellationToken cancellation)
    {
        var replaceable = new BsonArray
        {
            new BsonDocument("ranAt", new BsonDocument("$lt", at.UnixMilliseconds)),
            new BsonDocument("ranAt", new BsonDocument("$gt", (at + ClockSkew.Max).UnixMilliseconds)),
        };
        await transactions.WriteSingleAsync(async () =>
        {
            try
            {
                await collections.Jobs.UpdateOneAsync(
                    new BsonDocument { { "_id", job }, { "$or", replaceable } },
                    new BsonDocument("$set", new BsonDocument("ranAt", at.UnixMilliseconds)), Upsert, cancellation);
                return true;
            }
            catch (MongoWriteException e) when (e.WriteError.Category == ServerErrorCategory.DuplicateKey)
            {
                // A run at this time or later is recorded: the filter does not match it.
                return false;
            }
        });
    }

    public ValueTask<FitAttempt?> ReadLastFitAttemptAsync(string brand, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session => await session.FirstAsync(collections.FitAttempts, new("_id", brand), cancellation) is { } attempt
                ? new FitAttempt(brand, attempt.Instant("at"), attempt.TextOrNull("refusal"))
                : null,
            cancellation);

    public async ValueTask RecordFitAttemptAsync(FitAttempt attempt, CancellationToken cancellation)
    {
        var document = new BsonDocument { { "_id", attempt.Brand }, { "at", attempt.At.UnixMilliseconds } }
            .AddIfPresent("refusal", attempt.Refusal);
        await transactions.WriteSingleAsync(() => collections.FitAttempts.ReplaceOneAsync(
            new BsonDocument("_id", attempt.Brand), document, new ReplaceOptions { IsUpsert = true }, cancellation));
    }

    public async ValueTask<long> CountAttemptAsync(Guid pack, CancellationToken cancellation)
    {
        var counted = await transactions.WriteSingleAsync(() => collections.Meta.FindOneAndUpdateAsync<BsonDocument>(
            AttemptsFilter(pack), new BsonDocument("$inc", new BsonDocument("number", 1L)),
            new() { IsUpsert = true, ReturnDocument = ReturnDocument.After }, cancellation));
        return counted.Number("number");
    }

    public async ValueTask ForgetAttemptsAsync(Guid pack, CancellationToken cancellation) =>
        await transactions.WriteSingleAsync(() => collections.Meta.DeleteOneAsync(AttemptsFilter(pack), cancellation));

    private static BsonDocument AttemptsFilter(Guid pack) => new("_id", $"attempts/{pack:D}");
}
