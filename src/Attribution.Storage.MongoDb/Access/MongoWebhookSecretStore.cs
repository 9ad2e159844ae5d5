using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Storage.Access;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Access;

/// <summary>Secrets with which webhooks are verified.</summary>
internal sealed class MongoWebhookSecretStore(MongoStoreContext context) : IWebhookSecretStore
{
    private const string Hours = "hours";

    private readonly MongoTransactions transactions = context.Transactions;
    private readonly IMongoCollection<BsonDocument> secrets = context.Collections.Secrets;

    public ValueTask<IReadOnlyList<WebhookSecretDocument>> ListWebhookSecretsAsync(CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync<IReadOnlyList<WebhookSecretDocument>>(
            async session => (await session.FindAsync(secrets, [], cancellation, sort: new("_id", 1), only: new(Hours, 0))).ConvertAll(FromBson),
            cancellation);

    public async ValueTask AddWebhookSecretAsync(WebhookSecretDocument secret, CancellationToken cancellation)
    {
        if (!await transactions.TryInsertAsync(secrets, ToBson(secret), cancellation))
            throw new ArgumentException($"A webhook secret '{secret.Id}' already exists.", nameof(secret));
    }

    public ValueTask<bool> RevokeWebhookSecretAsync(string id, Timestamp at, CancellationToken cancellation) =>
        MongoSecretDocuments.RevokeAsync(
            transactions, secrets, id, new() { { "revokedAt", at.UnixMilliseconds }, { "secret", "" } }, cancellation);

    public async ValueTask RecordWebhookSecretUseAsync(
        IReadOnlyCollection<KeyValuePair<string, Timestamp>> used, CancellationToken cancellation)
    {
        await MongoSecretDocuments.RecordUseAsync(transactions, secrets, used, cancellation);
        if (used.Count == 0) return;
        var updates = used.Select(use => new UpdateOneModel<BsonDocument>(
            new BsonDocument("_id", use.Key),
            Builders<BsonDocument>.Update.Pipeline(new BsonDocument[] { AddHour(DeliveryPace.HourOf(use.Value)) })));
        await transactions.WriteSingleAsync(() => secrets.BulkWriteAsync(updates, cancellationToken: cancellation));
    }

    public ValueTask<IReadOnlyDictionary<string, IReadOnlyList<long>>> ReadWebhookSecretHoursAsync(CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync<IReadOnlyDictionary<string, IReadOnlyList<long>>>(
            async session => (await session.FindAsync(secrets, new(Hours, new BsonDocument("$exists", true)), cancellation, only: new(Hours, 1)))
                .ToDictionary(
                    secret => secret.Text("_id"),
                    IReadOnlyList<long> (secret) => [.. secret[Hours].AsBsonArray.Select(hour => hour.ToInt64()).Order()],
                    StringComparer.Ordinal),
            cancellation);

    /// <summary>Returns the stage that adds an hour to those of the four weeks before it.</summary>
    private static BsonDocument AddHour(long hour) => new("$set", new BsonDocument(Hours, new BsonDocument("$setUnion", new BsonArray
    {
        new BsonDocument("$filter", new BsonDocument
        {
            { "input", new BsonDocument("$ifNull", new BsonArray { "$" + Hours, new BsonArray() }) },
            { "cond", new BsonDocument("$gt", new BsonArray { "$$this", hour - DeliveryPace.KeptHours }) },
        }),
        new BsonArray { hour },
    })));

    private static BsonDocument ToBson(WebhookSecretDocument secret) => new BsonDocument
    {
        { "_id", secret.Id }, { "vendor", secret.Vendor }, { "source", secret.Source }, { "brand", secret.Brand },
        { "secret", secret.Secret }, { "createdAt", secret.CreatedAt.UnixMilliseconds },
    }.AddIfPresent("revokedAt", secret.RevokedAt).AddIfPresent("usedAt", secret.LastUsedAt)
        .AddIfPresent("minorUnits", secret.SendsMinorUnits ? BsonBoolean.True : null);

    private static WebhookSecretDocument FromBson(BsonDocument secret) => new()
    {
        Id = secret.Text("_id"),
        Vendor = secret.Text("vendor"),
        Source = secret.Text("source"),
        Brand = secret.Text("brand"),
        Secret = secret.Text("secret"),
        CreatedAt = secret.Instant("createdAt"),
        RevokedAt = secret.InstantOrNull("revokedAt"),
        LastUsedAt = secret.InstantOrNull("usedAt"),
        SendsMinorUnits = secret.Contains("minorUnits"),
    };
}
