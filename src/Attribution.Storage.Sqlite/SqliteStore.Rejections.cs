using System.Collections.Immutable;
using Attribution.Contracts;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Storage.Rejections;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite;

// What was refused, until it is resolved and beyond.
public sealed partial class SqliteStore
{
    private const string RejectionColumns = "SELECT id, brand, source, received_at, reason, pointer, detail, event_id, schema, payload, resolved_at FROM rejections ";

    /// <inheritdoc/>
    public ValueTask<(IReadOnlyList<RejectionDocument> Rejections, string? Cursor)> ListRejectionsAsync(
        RejectionFilter query, string? cursor, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        // The cursor is the id of the last one answered.
        var last = Guid.AllBitsSet;
        if (cursor is not null && !Guid.TryParseExact(cursor, "N", out last))
            throw new ArgumentException("The cursor is none that this list answered.", nameof(cursor));
        var conditions = (query.Brand is null ? "" : "brand = ?3 AND ")
            + (query.Reason is null ? "" : "reason = ?4 AND ")
            + (query.Resolved switch { null => "", true => "resolved_at IS NOT NULL AND ", false => "resolved_at IS NULL AND " });
        return database.ReadAsync<(IReadOnlyList<RejectionDocument>, string?)>(
            session =>
            {
                var select = session[$"{RejectionColumns}WHERE {conditions}id < ?1 ORDER BY id DESC LIMIT ?2"].Bind(1, last).Bind(2, limit + 1L);
                if (query.Brand is { } brand) select.Bind(3, brand);
                if (query.Reason is { } reason) select.Bind(4, (int)reason);
                var rejections = new List<RejectionDocument>();
                while (select.Step())
                {
                    if (rejections.Count == limit)
                    {
                        select.Reset();
                        return (rejections, rejections[^1].Id.ToString("N"));
                    }
                    rejections.Add(ReadRejection(select));
                }
                return (rejections, null);
            },
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RejectionDocument>> FindRejectionsAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<RejectionDocument>>(
            session =>
            {
                var select = session[RejectionColumns + "WHERE id = ?1"];
                var found = new List<RejectionDocument>();
                foreach (var id in ids.Distinct())
                {
                    if (select.Bind(1, id).Step()) found.Add(ReadRejection(select));
                    select.Reset();
                }
                return found;
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask ResolveRejectionsAsync(IReadOnlyCollection<Guid> ids, Timestamp at, CancellationToken cancellation) =>
        await database.WriteAsync(
            session =>
            {
                var resolve = session["UPDATE rejections SET resolved_at = ?1 WHERE id = ?2 AND resolved_at IS NULL"];
                var resolved = 0;
                foreach (var id in ids) resolved += resolve.Bind(1, at.UnixMilliseconds).Bind(2, id).Run();
                return resolved;
            },
            cancellation);

    private static RejectionDocument ReadRejection(SqliteStatement row) => new()
    {
        Id = row.Guid(0),
        Brand = row.Text(1),
        Source = row.Text(2),
        ReceivedAt = new Timestamp(row.Int64(3)),
        Reason = (RejectionReason)row.Int64(4),
        Pointer = row.Text(5),
        Detail = row.Text(6),
        EventId = row.TextOrNull(7),
        Schema = (int)row.Int64(8),
        Payload = row.Blob(9).ToImmutableArray(),
        ResolvedAt = row.Int64OrNull(10) is { } at ? new Timestamp(at) : null,
    };
}
