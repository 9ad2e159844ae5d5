using System.Collections.Immutable;
using Attribution.Core.Values;
using Attribution.Storage.Access;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

// API keys, webhooks' secrets, and what operators did.
public sealed partial class MongoStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ApiKeyDocument>> ListKeysAsync(CancellationToken cancellation) =>
        ReadSnapshotAsync<IReadOnlyList<ApiKeyDocument>>(
            async session => (await session.FindAsync(Keys, [], cancellation, sort: new("_id", 1))).ConvertAll(key => new ApiKeyDocument
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
            }),
            cancellation);

    /// <inheritdoc/>
    public async ValueTask AddKeyAsync(ApiKeyDocument key, CancellationToken cancellation)
    {
        var document = new BsonDocument
        {
            { "_id", key.Id }, { "name", key.Name }, { "hash", key.Hash.ToArray() }, { "scopes", (int)key.Scopes }, { "source", key.Source },
            { "speaksForOthers", key.MayNameOtherSources }, { "createdAt", key.CreatedAt.UnixMilliseconds },
        };
        if (!await TryInsertAsync(Keys, document.AddIfPresent("brand", key.Brand).AddIfPresent("expiresAt", key.ExpiresAt).AddIfPresent("revokedAt", key.RevokedAt).AddIfPresent("usedAt", key.LastUsedAt), cancellation))
            throw new ArgumentException($"There is a key '{key.Id}' already.", nameof(key));
    }

    /// <inheritdoc/>
    public ValueTask<bool> RevokeKeyAsync(string id, Timestamp at, CancellationToken cancellation) => RevokeAsync(Keys, id, new("revokedAt", at.UnixMilliseconds), cancellation);

    /// <inheritdoc/>
    public ValueTask RecordKeyUseAsync(IReadOnlyCollection<KeyValuePair<string, Timestamp>> used, CancellationToken cancellation) => RecordUseAsync(Keys, used, cancellation);

    /// <inheritdoc/>
    public ValueTask<string?> ReadCustomerKeyFingerprintAsync(CancellationToken cancellation) =>
        ReadSnapshotAsync(async session => (await session.FirstAsync(Meta, new("_id", "customerKeys"), cancellation))?.Text("fingerprint"), cancellation);

    /// <inheritdoc/>
    public async ValueTask<string> GetOrAddCustomerKeyFingerprintAsync(string fingerprint, CancellationToken cancellation)
    {
        await TryInsertAsync(Meta, new() { { "_id", "customerKeys" }, { "fingerprint", fingerprint } }, cancellation);
        return (await ReadCustomerKeyFingerprintAsync(cancellation))!;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<WebhookSecretDocument>> ListWebhookSecretsAsync(CancellationToken cancellation) =>
        ReadSnapshotAsync<IReadOnlyList<WebhookSecretDocument>>(
            async session => (await session.FindAsync(Secrets, [], cancellation, sort: new("_id", 1))).ConvertAll(secret => new WebhookSecretDocument
            {
                Id = secret.Text("_id"),
                Vendor = secret.Text("vendor"),
                Source = secret.Text("source"),
                Brand = secret.Text("brand"),
                Secret = secret.Text("secret"),
                CreatedAt = secret.Instant("createdAt"),
                RevokedAt = secret.InstantOrNull("revokedAt"),
                LastUsedAt = secret.InstantOrNull("usedAt"),
            }),
            cancellation);

    /// <inheritdoc/>
    public async ValueTask AddWebhookSecretAsync(WebhookSecretDocument secret, CancellationToken cancellation)
    {
        var document = new BsonDocument
        {
            { "_id", secret.Id }, { "vendor", secret.Vendor }, { "source", secret.Source }, { "brand", secret.Brand }, { "secret", secret.Secret },
            { "createdAt", secret.CreatedAt.UnixMilliseconds },
        };
        if (!await TryInsertAsync(Secrets, document.AddIfPresent("revokedAt", secret.RevokedAt).AddIfPresent("usedAt", secret.LastUsedAt), cancellation))
            throw new ArgumentException($"There is a webhook secret '{secret.Id}' already.", nameof(secret));
    }

    /// <inheritdoc/>
    public ValueTask<bool> RevokeWebhookSecretAsync(string id, Timestamp at, CancellationToken cancellation) =>
        RevokeAsync(Secrets, id, new() { { "revokedAt", at.UnixMilliseconds }, { "secret", "" } }, cancellation);

    /// <inheritdoc/>
    public ValueTask RecordWebhookSecretUseAsync(IReadOnlyCollection<KeyValuePair<string, Timestamp>> used, CancellationToken cancellation) => RecordUseAsync(Secrets, used, cancellation);

    /// <inheritdoc/>
    public async ValueTask<long> AddAuditEntryAsync(AuditEntry entry, CancellationToken cancellation)
    {
        var next = await WriteSingleAsync(() => Meta.FindOneAndUpdateAsync<BsonDocument>(
            new BsonDocument("_id", "audit"), new BsonDocument("$inc", new BsonDocument("number", 1L)), new() { IsUpsert = true, ReturnDocument = ReturnDocument.After }, cancellation));
        var document = new BsonDocument { { "_id", next.Number("number") }, { "at", entry.At.UnixMilliseconds }, { "by", entry.By }, { "action", entry.Action } };
        await TryInsertAsync(AuditEntries, document.AddIfPresent("key", entry.KeyId).AddIfPresent("status", entry.Status is { } status ? (BsonValue)status : null), cancellation);
        return next.Number("number");
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAuditEntryAsync(long number, int status, CancellationToken cancellation) =>
        await WriteSingleAsync(() => AuditEntries.UpdateOneAsync(
            new BsonDocument { { "_id", number }, { "status", BsonNull.Value } }, new BsonDocument("$set", new BsonDocument("status", status)), cancellationToken: cancellation));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AuditEntry>> ReadAuditLogAsync(long? before, int limit, CancellationToken cancellation) =>
        ReadSnapshotAsync<IReadOnlyList<AuditEntry>>(
            async session => (await session.FindAsync(AuditEntries, new("_id", new BsonDocument("$lt", before ?? long.MaxValue)), cancellation, sort: new("_id", -1), limit: limit))
                .ConvertAll(entry => new AuditEntry
                {
                    Number = entry.Number("_id"),
                    At = entry.Instant("at"),
                    By = entry.Text("by"),
                    KeyId = entry.TextOrNull("key"),
                    Action = entry.Text("action"),
                    Status = entry.Contains("status") ? (int)entry.Number("status") : null,
                }),
            cancellation);

    /// <summary>False: there is one of that id.</summary>
    private ValueTask<bool> TryInsertAsync(IMongoCollection<BsonDocument> collection, BsonDocument document, CancellationToken cancellation) =>
        WriteSingleAsync(async () =>
        {
            try
            {
                await collection.InsertOneAsync(document, cancellationToken: cancellation);
                return true;
            }
            catch (MongoWriteException e) when (e.WriteError.Category == ServerErrorCategory.DuplicateKey)
            {
                return false;
            }
        });

    private ValueTask<bool> RevokeAsync(IMongoCollection<BsonDocument> collection, string id, BsonDocument revoked, CancellationToken cancellation) =>
        WriteSingleAsync(async () =>
            (await collection.UpdateOneAsync(new BsonDocument { { "_id", id }, { "revokedAt", BsonNull.Value } }, new BsonDocument("$set", revoked), cancellationToken: cancellation)).MatchedCount == 1
            || await collection.Find(new BsonDocument("_id", id)).AnyAsync(cancellation));

    private async ValueTask RecordUseAsync(IMongoCollection<BsonDocument> collection, IReadOnlyCollection<KeyValuePair<string, Timestamp>> used, CancellationToken cancellation)
    {
        if (used.Count == 0) return;
        await WriteSingleAsync(() => collection.BulkWriteAsync(
            used.Select(one => new UpdateOneModel<BsonDocument>(
                new BsonDocument("_id", one.Key), new BsonDocument("$max", new BsonDocument("usedAt", one.Value.UnixMilliseconds)))), cancellationToken: cancellation));
    }
}
