using Attribution.Core.Values;
using Attribution.Storage.Access;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Access;

/// <summary>Users, their sessions, and the keys with which sessions are encrypted.</summary>
internal sealed class MongoUserStore(MongoStoreContext context) : IUserStore
{
    private readonly MongoTransactions transactions = context.Transactions;
    private readonly IMongoCollection<BsonDocument> users = context.Collections.Users;
    private readonly IMongoCollection<BsonDocument> sessionKeys = context.Collections.SessionKeys;
    private readonly IMongoCollection<BsonDocument> sessions = context.Collections.Sessions;

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

    public async ValueTask<bool> RemoveUserAsync(string name, CancellationToken cancellation)
    {
        await RemoveSessionsAsync(name, cancellation);
        return await transactions.WriteSingleAsync(
            async () => (await users.DeleteOneAsync(new BsonDocument("_id", name), cancellation)).DeletedCount == 1);
    }

    public async ValueTask AddSessionAsync(
        UserSessionDocument session, Timestamp createdAfter, CancellationToken cancellation)
    {
        await DeleteSessionsAsync(
            new BsonDocument("createdAt", new BsonDocument("$lte", createdAfter.UnixMilliseconds)), cancellation);
        var document = new BsonDocument
        {
            { "_id", session.Id }, { "user", session.User }, { "createdAt", session.CreatedAt.UnixMilliseconds },
        };
        await transactions.TryInsertAsync(sessions, document, cancellation);
    }

    public ValueTask<UserSessionDocument?> FindSessionAsync(string id, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session => await session.FirstAsync(sessions, new("_id", id), cancellation) is { } found
                ? new UserSessionDocument(id, found.Text("user"), found.Instant("createdAt"))
                : null,
            cancellation);

    public ValueTask RemoveSessionAsync(string id, CancellationToken cancellation) =>
        DeleteSessionsAsync(new BsonDocument("_id", id), cancellation);

    public ValueTask RemoveSessionsAsync(string user, CancellationToken cancellation) =>
        DeleteSessionsAsync(new BsonDocument("user", user), cancellation);

    public ValueTask<IReadOnlyList<string>> ListSessionKeysAsync(CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync<IReadOnlyList<string>>(
            async session => (await session.FindAsync(sessionKeys, [], cancellation, sort: new("_id", 1)))
                .ConvertAll(key => key.Text("key")),
            cancellation);

    public async ValueTask AddSessionKeyAsync(string name, string key, CancellationToken cancellation) =>
        await transactions.TryInsertAsync(sessionKeys, new() { { "_id", name }, { "key", key } }, cancellation);

    private async ValueTask DeleteSessionsAsync(BsonDocument filter, CancellationToken cancellation) =>
        await transactions.WriteSingleAsync(() => sessions.DeleteManyAsync(filter, cancellation));

    private static BsonDocument ToBson(UserDocument user) => new BsonDocument
    {
        { "_id", user.Name }, { "scopes", (int)user.Scopes }, { "createdAt", user.CreatedAt.UnixMilliseconds },
        { "wrongTries", user.FailedAttempts },
    }
        .AddIfPresent("password", user.PasswordHash).AddIfPresent("brand", user.Brand)
        .AddIfPresent("lockedUntil", user.LockedUntil).AddIfPresent("signedInAt", user.SignedInAt)
        .AddIfPresent("addresses", SignInAddress.Encode(user.Addresses)).AddIfPresent("invitation", user.InvitationHash)
        .AddIfPresent("invitedUntil", user.InvitedUntil).AddIfPresent("disabledAt", user.DisabledAt);

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
        Addresses = SignInAddress.Decode(user.TextOrNull("addresses")),
        InvitationHash = user.TextOrNull("invitation"),
        InvitedUntil = user.InstantOrNull("invitedUntil"),
        DisabledAt = user.InstantOrNull("disabledAt"),
    };
}
