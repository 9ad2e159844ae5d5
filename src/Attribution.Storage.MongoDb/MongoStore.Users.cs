using Attribution.Storage.Access;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

public sealed partial class MongoStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<UserDocument>> ListUsersAsync(CancellationToken cancellation) =>
        ReadSnapshotAsync<IReadOnlyList<UserDocument>>(async session => (await session.FindAsync(Users, [], cancellation, sort: new("_id", 1))).ConvertAll(UserFromBson), cancellation);

    /// <inheritdoc/>
    public async ValueTask AddUserAsync(UserDocument user, CancellationToken cancellation)
    {
        if (!await TryInsertAsync(Users, UserToBson(user), cancellation)) throw new ArgumentException($"There is a user '{user.Name}' already.", nameof(user));
    }

    /// <inheritdoc/>
    public ValueTask<UserDocument?> UpdateUserAsync(string name, Func<UserDocument, UserDocument> change, CancellationToken cancellation) =>
        RunTransactionAsync(
            async session =>
            {
                if (await session.FirstAsync(Users, new("_id", name), cancellation) is not { } found) return null;
                var changed = change(UserFromBson(found));
                await session.WriteAsync(Users, [new ReplaceOneModel<BsonDocument>(new BsonDocument("_id", name), UserToBson(changed))], cancellation);
                return changed;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<bool> RemoveUserAsync(string name, CancellationToken cancellation) =>
        WriteSingleAsync(async () => (await Users.DeleteOneAsync(new BsonDocument("_id", name), cancellation)).DeletedCount == 1);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListSessionKeysAsync(CancellationToken cancellation) =>
        ReadSnapshotAsync<IReadOnlyList<string>>(async session => (await session.FindAsync(SessionKeys, [], cancellation, sort: new("_id", 1))).ConvertAll(key => key.Text("key")), cancellation);

    /// <inheritdoc/>
    public async ValueTask AddSessionKeyAsync(string name, string key, CancellationToken cancellation) =>
        await TryInsertAsync(SessionKeys, new() { { "_id", name }, { "key", key } }, cancellation);

    private static BsonDocument UserToBson(UserDocument user) => new BsonDocument
    {
        { "_id", user.Name }, { "scopes", (int)user.Scopes }, { "createdAt", user.CreatedAt.UnixMilliseconds }, { "wrongTries", user.FailedAttempts },
    }.AddIfPresent("password", user.PasswordHash).AddIfPresent("brand", user.Brand).AddIfPresent("lockedUntil", user.LockedUntil).AddIfPresent("signedInAt", user.SignedInAt);

    private static UserDocument UserFromBson(BsonDocument user) => new()
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
