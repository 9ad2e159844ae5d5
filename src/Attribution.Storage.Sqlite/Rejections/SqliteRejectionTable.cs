using System.Collections.Immutable;
using Attribution.Contracts;
using Attribution.Core.Quality;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Rejections;

/// <summary>The table of rejections.</summary>
internal static class SqliteRejectionTable
{
    /// <summary>The start of a query whose rows <see cref="Read"/> reads.</summary>
    public const string Columns =
        "SELECT id, brand, source, received_at, reason, pointer, detail, event_id, schema, payload, resolved_at FROM rejections ";

    /// <summary>Inserts rejections.</summary>
    public static void Insert(SqliteSession session, IReadOnlyList<RejectionDocument> rejections)
    {
        var insert = session[
            "INSERT INTO rejections (id, brand, source, received_at, reason, pointer, detail, event_id, schema, payload, resolved_at) "
            + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"];
        foreach (var rejection in rejections)
            insert.Bind(1, rejection.Id).Bind(2, rejection.Brand).Bind(3, rejection.Source).Bind(4, rejection.ReceivedAt.UnixMilliseconds)
                .Bind(5, (int)rejection.Reason).Bind(6, rejection.Pointer).Bind(7, rejection.Detail).Bind(8, rejection.EventId)
                .Bind(9, rejection.Schema).Bind(10, rejection.Payload.AsSpan())
                .Bind(11, rejection.ResolvedAt?.UnixMilliseconds).Run();
    }

    /// <summary>Reads a row.</summary>
    public static RejectionDocument Read(SqliteStatement row) => new()
    {
        Id = row.Guid(0),
        Brand = row.Text(1),
        Source = row.Text(2),
        ReceivedAt = row.Timestamp(3),
        Reason = (RejectionReason)row.Int64(4),
        Pointer = row.Text(5),
        Detail = row.Text(6),
        EventId = row.TextOrNull(7),
        Schema = (int)row.Int64(8),
        Payload = row.Blob(9).ToImmutableArray(),
        ResolvedAt = row.TimestampOrNull(10),
    };
}
