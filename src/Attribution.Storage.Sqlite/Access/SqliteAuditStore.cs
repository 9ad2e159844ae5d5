using Attribution.Storage.Access;

namespace Attribution.Storage.Sqlite.Access;

/// <summary>The audit log in SQLite.</summary>
internal sealed class SqliteAuditStore(SqliteStoreContext context) : IAuditStore
{
    /// <inheritdoc/>
    public ValueTask<long> AddAuditEntryAsync(AuditEntry entry, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                var insert = session["INSERT INTO audit (at, by_name, by_key, action, status) VALUES (?, ?, ?, ?, ?) RETURNING seq"]
                    .Bind(1, entry.At.UnixMilliseconds).Bind(2, entry.By).Bind(3, entry.KeyId).Bind(4, entry.Action);
                (entry.Status is { } status ? insert.Bind(5, status) : insert.BindNull(5)).Step();
                var number = insert.Int64(0);
                insert.Reset();
                return number;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask CompleteAuditEntryAsync(long number, int status, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                session["UPDATE audit SET status = ? WHERE seq = ? AND status IS NULL"]
                    .Bind(1, status).Bind(2, number).Run();
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AuditEntry>> ReadAuditLogAsync(
        long? before, int limit, CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<AuditEntry>>(
            session =>
            {
                var entries = new List<AuditEntry>();
                var select = session[
                    "SELECT seq, at, by_name, by_key, action, status FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?"]
                    .Bind(1, before ?? long.MaxValue).Bind(2, limit);
                while (select.Step())
                    entries.Add(new AuditEntry
                    {
                        Number = select.Int64(0),
                        At = select.Timestamp(1),
                        By = select.Text(2),
                        KeyId = select.TextOrNull(3),
                        Action = select.Text(4),
                        Status = select.IsNull(5) ? null : (int)select.Int64(5),
                    });
                return entries;
            },
            cancellation);
}
