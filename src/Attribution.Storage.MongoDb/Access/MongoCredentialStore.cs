using System.Collections.Immutable;
using Attribution.Core.Values;
using Attribution.Storage.Access;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Access;

/// <summary>API keys, and the fingerprint of the customer key secret.</summary>
internal sealed class MongoCredentialStore(MongoStoreContext context) : ICredentialStore
{
    private readonly MongoTransactions transactions = context.Transactions;
    private readonly IMongoCollection<BsonDocument> keys = context.Collections.Keys;
    private readonly IMongoCollection<BsonDocument> meta = context.Collections.Meta;

    public ValueTask<IReadOnlyList<ApiKeyDocument>> ListKeysAsync(CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync<IReadOnlyList<ApiKeyDocument>>(
            async session => (await session.FindAsync(keys, [], cancellation, sort: new("_id", 1))).ConvertAll(FromBson),
            cancellation);

    public async ValueTask AddKeyAsync(ApiKeyDocument key, CancellationToken cancellation)
    {
        if (!await transactions.TryInsertAsync(keys, ToBson(key), cancellation))
            throw new ArgumentException($"A key '{key.Id}' already exists.", nameof(key));
    }

    public ValueTask<bool> RevokeKeyAsync(string id, Timestamp at, CancellationToken cancellation) =>
        MongoSecretDocuments.RevokeAsync(transactions, keys, id, new("revokedAt", at.UnixMilliseconds), cancellation);

    public ValueTask RecordKeyUseAsync(
        IReadOnlyCollection<KeyValuePair<string, Timestamp>> used, CancellationToken cancellation) =>
        MongoSecretDocuments.RecordUseAsync(transactions, keys, used, cancellation);

    public ValueTask<string?> ReadCustomerKeyFingerprintAsync(CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session => (await session.FirstAsync(meta, new("_id", "customerKeys"), cancellation))?.Text("fingerprint"),
            cancellation);

    public async ValueTask<string> GetOrAddCustomerKeyFingerprintAsync(
        string fingerprint, CancellationToken cancellation)
    {
        var document = new BsonDocument { { "_id", "customerKeys" }, { "fingerprint", fingerprint } };
        await transactions.TryInsertAsync(meta, document, cancellation);
        return (await ReadCustomerKeyFingerprintAsync(cancellation))!;
    }

    private static BsonDocument ToBson(ApiKeyDocument key) => new BsonDocument
    {
        { "_id", key.Id }, { "name", key.Name }, { "hash", key.Hash.ToArray() }, { "scopes", (int)key.Scopes },
        { "source", key.Source }, { "speaksForOthers", key.MayNameOtherSources }, { "createdAt", key.CreatedAt.UnixMilliseconds },
    }
        .AddIfPresent("brand", key.Brand).AddIfPresent("expiresAt", key.ExpiresAt)
        .AddIfPresent("revokedAt", key.RevokedAt).AddIfPresent("usedAt", key.LastUsedAt)
        .AddIfPresent("minorUnits", key.SendsMinorUnits ? BsonBoolean.True : null);

    private static ApiKeyDocument FromBson(BsonDocument key) => new()
    {
        Id = key.Text("_id"),
        Name = key.Text("name"),
        Hash = key.Bytes("hash").ToImmutableArray(),
        Scopes = (KeyScopes)key.Number("scopes"),
        Brand = key.TextOrNull("brand"),
        Source = key.Text("source"),
        MayNameOtherSources = key["speaksForOthers"].AsBoolean,
        CreatedAt = key.Instant("createdAt"),
        ExpiresAt = key.InstantOrNull("expiresAt"),
        RevokedAt = key.InstantOrNull("revokedAt"),
        LastUsedAt = key.InstantOrNull("usedAt"),
        SendsMinorUnits = key.Contains("minorUnits"),
    };
}
