using Attribution.Core.Values;
using Attribution.Storage.Access;

namespace Attribution.Storage.Sqlite.Access;

/// <summary>API keys in SQLite.</summary>
internal sealed class SqliteCredentialStore(SqliteStoreContext context) : ICredentialStore
{
    private const string Columns =
        "id, name, hash, scopes, brand, source, speaks_for_others, created_at, expires_at, revoked_at, used_at, minor_units";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ApiKeyDocument>> ListKeysAsync(CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<ApiKeyDocument>>(
            session =>
            {
                var keys = new List<ApiKeyDocument>();
                var select = session[$"SELECT {Columns} FROM keys ORDER BY id"];
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
                        CreatedAt = select.Timestamp(7),
                        ExpiresAt = select.TimestampOrNull(8),
                        RevokedAt = select.TimestampOrNull(9),
                        LastUsedAt = select.TimestampOrNull(10),
                        SendsMinorUnits = select.Int64(11) != 0,
                    });
                return keys;
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask AddKeyAsync(ApiKeyDocument key, CancellationToken cancellation)
    {
        var added = await context.Database.WriteAsync(
            session =>
            {
                var insert = session[
                    $"INSERT OR IGNORE INTO keys ({Columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"];
                insert.Bind(1, key.Id).Bind(2, key.Name).Bind(3, key.Hash.AsSpan()).Bind(4, (long)key.Scopes).Bind(5, key.Brand)
                    .Bind(6, key.Source).Bind(7, key.MayNameOtherSources ? 1 : 0).Bind(8, key.CreatedAt.UnixMilliseconds);
                insert.Bind(9, key.ExpiresAt);
                insert.Bind(10, key.RevokedAt);
                insert.Bind(11, key.LastUsedAt);
                insert.Bind(12, key.SendsMinorUnits ? 1 : 0);
                return insert.Run();
            },
            cancellation);
        if (added == 0) throw new ArgumentException($"A key '{key.Id}' already exists.", nameof(key));
    }

    /// <inheritdoc/>
    public ValueTask<bool> RevokeKeyAsync(string id, Timestamp at, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session => session["UPDATE keys SET revoked_at = COALESCE(revoked_at, ?) WHERE id = ?"]
                .Bind(1, at.UnixMilliseconds).Bind(2, id).Run() > 0,
            cancellation);

    /// <inheritdoc/>
    public ValueTask RecordKeyUseAsync(
        IReadOnlyCollection<KeyValuePair<string, Timestamp>> used, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                var update = session["UPDATE keys SET used_at = MAX(COALESCE(used_at, ?1), ?1) WHERE id = ?2"];
                foreach (var (id, at) in used) update.Bind(1, at.UnixMilliseconds).Bind(2, id).Run();
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<string?> ReadCustomerKeyFingerprintAsync(CancellationToken cancellation) =>
        context.Database.ReadAsync(SqliteMeta.ReadFingerprint, cancellation);

    /// <inheritdoc/>
    public ValueTask<string> GetOrAddCustomerKeyFingerprintAsync(string fingerprint, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                session["INSERT OR IGNORE INTO meta VALUES ('customer_keys', ?)"].Bind(1, fingerprint).Run();
                return SqliteMeta.ReadFingerprint(session)!;
            },
            cancellation);
}
