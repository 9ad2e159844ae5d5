using Attribution.Core.Values;
using Attribution.Storage.Access;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Access;

/// <summary>Users, sessions and session keys in SQLite.</summary>
internal sealed class SqliteUserStore(SqliteStoreContext context) : IUserStore
{
    private const string UserColumns = "name, password, scopes, brand, created_at, wrong_tries, locked_until, signed_in_at, addresses, "
        + "invitation, invited_until, disabled_at";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<UserDocument>> ListUsersAsync(CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<UserDocument>>(
            session =>
            {
                var users = new List<UserDocument>();
                var select = session[$"SELECT {UserColumns} FROM users ORDER BY name"];
                while (select.Step()) users.Add(ReadUser(select));
                return users;
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask AddUserAsync(UserDocument user, CancellationToken cancellation)
    {
        var added = await context.Database.WriteAsync(session => PutUser(session, "IGNORE", user), cancellation);
        if (added == 0) throw new ArgumentException($"A user '{user.Name}' already exists.", nameof(user));
    }

    /// <inheritdoc/>
    public ValueTask<UserDocument?> UpdateUserAsync(
        string name, Func<UserDocument, UserDocument> change, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                var select = session[$"SELECT {UserColumns} FROM users WHERE name = ?"].Bind(1, name);
                if (!select.Step()) return null;
                var changed = change(ReadUser(select));
                select.Reset();
                PutUser(session, "REPLACE", changed);
                return changed;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<bool> RemoveUserAsync(string name, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                session["DELETE FROM sessions WHERE user = ?"].Bind(1, name).Run();
                return session["DELETE FROM users WHERE name = ?"].Bind(1, name).Run() > 0;
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask AddSessionAsync(
        UserSessionDocument session, Timestamp createdAfter, CancellationToken cancellation) =>
        await context.Database.WriteAsync(
            database =>
            {
                database["DELETE FROM sessions WHERE created_at <= ?"].Bind(1, createdAfter.UnixMilliseconds).Run();
                return database["INSERT INTO sessions (id, user, created_at) VALUES (?, ?, ?)"]
                    .Bind(1, session.Id).Bind(2, session.User).Bind(3, session.CreatedAt.UnixMilliseconds).Run();
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<UserSessionDocument?> FindSessionAsync(string id, CancellationToken cancellation) =>
        context.Database.ReadAsync(
            session =>
            {
                var select = session["SELECT user, created_at FROM sessions WHERE id = ?"].Bind(1, id);
                var found = select.Step() ? new UserSessionDocument(id, select.Text(0), new(select.Int64(1))) : null;
                select.Reset();
                return found;
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask RemoveSessionAsync(string id, CancellationToken cancellation) =>
        await context.Database.WriteAsync(session => session["DELETE FROM sessions WHERE id = ?"].Bind(1, id).Run(), cancellation);

    /// <inheritdoc/>
    public async ValueTask RemoveSessionsAsync(string user, CancellationToken cancellation) =>
        await context.Database.WriteAsync(session => session["DELETE FROM sessions WHERE user = ?"].Bind(1, user).Run(), cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListSessionKeysAsync(CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<string>>(
            session =>
            {
                var keys = new List<string>();
                var select = session["SELECT key FROM session_keys ORDER BY name"];
                while (select.Step()) keys.Add(select.Text(0));
                return keys;
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask AddSessionKeyAsync(string name, string key, CancellationToken cancellation) =>
        await context.Database.WriteAsync(
            session => session["INSERT OR IGNORE INTO session_keys (name, key) VALUES (?, ?)"]
                .Bind(1, name).Bind(2, key).Run(), cancellation);

    private static UserDocument ReadUser(SqliteStatement row) => new()
    {
        Name = row.Text(0),
        PasswordHash = row.TextOrNull(1),
        Scopes = (KeyScopes)row.Int64(2),
        Brand = row.TextOrNull(3),
        CreatedAt = new(row.Int64(4)),
        FailedAttempts = (int)row.Int64(5),
        LockedUntil = row.TimestampOrNull(6),
        SignedInAt = row.TimestampOrNull(7),
        Addresses = SignInAddress.Decode(row.TextOrNull(8)),
        InvitationHash = row.TextOrNull(9),
        InvitedUntil = row.TimestampOrNull(10),
        DisabledAt = row.TimestampOrNull(11),
    };

    private static int PutUser(SqliteSession session, string onConflict, UserDocument user)
    {
        var put = session[$"INSERT OR {onConflict} INTO users ({UserColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"];
        put.Bind(1, user.Name).Bind(2, user.PasswordHash).Bind(3, (long)user.Scopes).Bind(4, user.Brand)
            .Bind(5, user.CreatedAt.UnixMilliseconds).Bind(6, user.FailedAttempts);
        put.Bind(7, user.LockedUntil);
        put.Bind(8, user.SignedInAt);
        put.Bind(9, SignInAddress.Encode(user.Addresses)).Bind(10, user.InvitationHash);
        put.Bind(11, user.InvitedUntil);
        put.Bind(12, user.DisabledAt);
        return put.Run();
    }
}
