using Attribution.Core.Values;
using Attribution.Storage.Access;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ApiKeyDocument>> ListKeysAsync(CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<ApiKeyDocument>>(
            session =>
            {
                var keys = new List<ApiKeyDocument>();
                var select = session["SELECT id, name, hash, scopes, brand, source, speaks_for_others, created_at, expires_at, revoked_at, used_at FROM keys ORDER BY id"];
                while (select.Step())
                    keys.Add(new ApiKeyDocument
                    {
                        Id = select.Text(0),
                        Name = select.Text(1),
                        Hash = [.. select.Blob(2)],
                        Scopes = (KeyScopes)select.Int64(3),
                        Brand = select.TextOrNull(4),
                        Source = select.Text(5),
                        MayNameOtherSources = select.Int64(6) != 0,
                        CreatedAt = new Timestamp(select.Int64(7)),
                        ExpiresAt = InstantOrNull(select, 8),
                        RevokedAt = InstantOrNull(select, 9),
                        LastUsedAt = InstantOrNull(select, 10),
                    });
                return keys;
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask AddKeyAsync(ApiKeyDocument key, CancellationToken cancellation)
    {
        var added = await database.WriteAsync(
            session =>
            {
                var insert = session[
                    "INSERT OR IGNORE INTO keys (id, name, hash, scopes, brand, source, speaks_for_others, created_at, expires_at, revoked_at, used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"];
                insert.Bind(1, key.Id).Bind(2, key.Name).Bind(3, key.Hash.AsSpan()).Bind(4, (long)key.Scopes).Bind(5, key.Brand).Bind(6, key.Source)
                    .Bind(7, key.MayNameOtherSources ? 1 : 0).Bind(8, key.CreatedAt.UnixMilliseconds);
                BindInstant(insert, 9, key.ExpiresAt);
                BindInstant(insert, 10, key.RevokedAt);
                BindInstant(insert, 11, key.LastUsedAt);
                return insert.Run();
            },
            cancellation);
        if (added == 0) throw new ArgumentException($"There is a key '{key.Id}' already.", nameof(key));
    }

    /// <inheritdoc/>
    public ValueTask<bool> RevokeKeyAsync(string id, Timestamp at, CancellationToken cancellation) =>
        database.WriteAsync(
            session => session["UPDATE keys SET revoked_at = COALESCE(revoked_at, ?) WHERE id = ?"].Bind(1, at.UnixMilliseconds).Bind(2, id).Run() > 0,
            cancellation);

    /// <inheritdoc/>
    public ValueTask RecordKeyUseAsync(IReadOnlyCollection<KeyValuePair<string, Timestamp>> used, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                var update = session["UPDATE keys SET used_at = MAX(COALESCE(used_at, ?1), ?1) WHERE id = ?2"];
                foreach (var (id, at) in used) update.Bind(1, at.UnixMilliseconds).Bind(2, id).Run();
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<string?> ReadCustomerKeyFingerprintAsync(CancellationToken cancellation) => database.ReadAsync(ReadFingerprint, cancellation);

    /// <inheritdoc/>
    public ValueTask<string> GetOrAddCustomerKeyFingerprintAsync(string fingerprint, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                session["INSERT OR IGNORE INTO meta VALUES ('customer_keys', ?)"].Bind(1, fingerprint).Run();
                return ReadFingerprint(session)!;
            },
            cancellation);

    private static string? ReadFingerprint(SqliteSession session)
    {
        var select = session["SELECT value FROM meta WHERE key = 'customer_keys'"];
        return select.Step() ? select.Text(0) : null;
    }

    private static Timestamp? InstantOrNull(SqliteStatement row, int column) => row.IsNull(column) ? null : new Timestamp(row.Int64(column));

    private static void BindInstant(SqliteStatement statement, int index, Timestamp? at)
    {
        if (at is { } instant) statement.Bind(index, instant.UnixMilliseconds);
        else statement.BindNull(index);
    }
}
