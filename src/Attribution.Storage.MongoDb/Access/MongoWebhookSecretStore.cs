using Attribution.Core.Values;
using Attribution.Storage.Access;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Access;

/// <summary>Secrets with which webhooks are verified.</summary>
internal sealed class MongoWebhookSecretStore(MongoStoreContext context) : IWebhookSecretStore
{
    private readonly MongoTransactions transactions = context.Transactions;
    private readonly IMongoCollection<BsonDocument> secrets = context.Collections.Secrets;

    public ValueTask<IReadOnlyList<WebhookSecretDocument>> ListWebhookSecretsAsync(CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync<IReadOnlyList<WebhookSecretDocument>>(
            async session => (await session.FindAsync(secrets, [], cancellation, sort: new("_id", 1))).ConvertAll(FromBson),
            cancellation);

    public async ValueTask AddWebhookSecretAsync(WebhookSecretDocument secret, CancellationToken cancellation)
    {
        if (!await transactions.TryInsertAsync(secrets, ToBson(secret), cancellation))
            throw new ArgumentException($"A webhook secret '{secret.Id}' already exists.", nameof(secret));
    }

    public ValueTask<bool> RevokeWebhookSecretAsync(string id, Timestamp at, CancellationToken cancellation) =>
        MongoSecretDocuments.RevokeAsync(
            transactions, secrets, id, new() { { "revokedAt", at.UnixMilliseconds }, { "secret", "" } }, cancellation);

    public ValueTask RecordWebhookSecretUseAsync(
        IReadOnlyCollection<KeyValuePair<string, Timestamp>> used, CancellationToken cancellation) =>
        MongoSecretDocuments.RecordUseAsync(transactions, secrets, used, cancellation);

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
