using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Storage.Rejections;

namespace Attribution.Storage.Sqlite.Rejections;

/// <summary>Rejections in SQLite.</summary>
internal sealed class SqliteRejectionStore(SqliteStoreContext context) : IRejectionStore
{
    /// <inheritdoc/>
    public ValueTask<(IReadOnlyList<RejectionDocument> Rejections, string? Cursor)> ListRejectionsAsync(
        RejectionFilter query, string? cursor, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var last = RejectionCursor.Parse(cursor) ?? Guid.AllBitsSet;
        var conditions = (query.Brand is null ? "" : "brand = ?3 AND ")
            + (query.Reason is null ? "" : "reason = ?4 AND ")
            + (query.Resolved switch { null => "", true => "resolved_at IS NOT NULL AND ", false => "resolved_at IS NULL AND " });
        return context.Database.ReadAsync<(IReadOnlyList<RejectionDocument>, string?)>(
            session =>
            {
                var select = session[$"{SqliteRejectionTable.Columns}WHERE {conditions}id < ?1 ORDER BY id DESC LIMIT ?2"]
                    .Bind(1, last).Bind(2, limit + 1L);
                if (query.Brand is { } brand) select.Bind(3, brand);
                if (query.Reason is { } reason) select.Bind(4, (int)reason);
                var rejections = new List<RejectionDocument>();
                while (select.Step())
                {
                    if (rejections.Count == limit)
                    {
                        select.Reset();
                        return (rejections, RejectionCursor.Format(rejections[^1].Id));
                    }
                    rejections.Add(SqliteRejectionTable.Read(select));
                }
                return (rejections, null);
            },
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RejectionDocument>> FindRejectionsAsync(
        IReadOnlyCollection<Guid> ids, CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<RejectionDocument>>(
            session =>
            {
                var select = session[SqliteRejectionTable.Columns + "WHERE id = ?1"];
                var found = new List<RejectionDocument>();
                foreach (var id in ids.Distinct())
                {
                    if (select.Bind(1, id).Step()) found.Add(SqliteRejectionTable.Read(select));
                    select.Reset();
                }
                return found;
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask ResolveRejectionsAsync(
        IReadOnlyCollection<Guid> ids, Timestamp at, CancellationToken cancellation) =>
        await context.Database.WriteAsync(
            session =>
            {
                var resolve = session["UPDATE rejections SET resolved_at = ?1 WHERE id = ?2 AND resolved_at IS NULL"];
                var resolved = 0;
                foreach (var id in ids) resolved += resolve.Bind(1, at.UnixMilliseconds).Bind(2, id).Run();
                return resolved;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<long> DeleteRejectionsBeforeAsync(Timestamp before, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session => (long)session["DELETE FROM rejections WHERE received_at < ?"]
                .Bind(1, before.UnixMilliseconds).Run(), cancellation);
}
