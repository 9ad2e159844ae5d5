using Attribution.Storage.Access;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Access;

/// <summary>Users, and the keys with which their sessions are encrypted.</summary>
internal sealed class MongoUserStore(MongoStoreContext context) : IUserStore
{
    private readonly MongoTransactions transactions = context.Transactions;
    private readonly IMongoCollection<BsonDocument> users = context.Collections.Users;
    private readonly IMongoCollection<BsonDocument> sessionKeys = context.Collections.SessionKeys;

    public ValueTask<IReadOnlyList<UserDocument>> ListUsersAsync(CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync<IReadOnlyList<UserDocument>>(
            async session => (await session.FindAsync(users, [], cancellation, sort: new("_id", 1))).ConvertAll(FromBson),
            cancellation);

    public async ValueTask AddUserAsync(UserDocument user, CancellationToken cancellation)
    {
        if (!await transactions.TryInsertAsync(users, ToBson(user), cancellation))
            throw new ArgumentException($"A user '{user.Name}' already exists.", nameof(user));
    }

    public ValueTask<UserDocument?> UpdateUserAsync(
        string name, Func<UserDocument, UserDocument> change, CancellationToken cancellation) =>
        transactions.RunTransactionAsync(
            async session =>
            {
                if (await session.FirstAsync(users, new("_id", name), cancellation) is not { } found) return null;
                var changed = change(FromBson(found));
                var replacement = new ReplaceOneModel<BsonDocument>(new BsonDocument("_id", name), ToBson(changed));
                await session.WriteAsync(users, [replacement], cancellation);
                return changed;
            },
            cancellation);

    public ValueTask<bool> RemoveUserAsync(string name, CancellationToken cancellation) =>
        transactions.WriteSingleAsync(
            async () => (await users.DeleteOneAsync(new BsonDocument("_id", name), cancellation)).DeletedCount == 1);

    public ValueTask<IReadOnlyList<string>> ListSessionKeysAsync(CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync<IReadOnlyList<string>>(
            async session => (await session.FindAsync(sessionKeys, [], cancellation, sort: new("_id", 1)))
                .ConvertAll(key => key.Text("key")),
            cancellation);

    public async ValueTask AddSessionKeyAsync(string name, string key, CancellationToken cancellation) =>
        await transactions.TryInsertAsync(sessionKeys, new() { { "_id", name }, { "key", key } }, cancellation);

    private static BsonDocument ToBson(UserDocument user) => new BsonDocument
    {
        { "_id", user.Name }, { "scopes", (int)user.Scopes }, { "createdAt", user.CreatedAt.UnixMilliseconds },
        { "wrongTries", user.FailedAttempts },
    }
        .AddIfPresent("password", user.PasswordHash).AddIfPresent("brand", user.Brand)
        .AddIfPresent("lockedUntil", user.LockedUntil).AddIfPresent("signedInAt", user.SignedInAt);

    private static UserDocument FromBson(BsonDocument user) => new()
    {
        Name = user.Text("_id"),
        PasswordHash = user.TextOrNull("password"),
        Scopes = (KeyScopes)user.Number("scopes"),
        Brand = user.TextOrNull("brand"),
        CreatedAt = user.Instant("createdAt"),
        FailedAttempts = (int)user.Number("wrongTries"),
        LockedUntil = user.InstantOrNull("lockedUntil"),
        SignedInAt = user.InstantOrNull("signedInAt"),
    };
}
