using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Attribution.Contracts;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;

namespace Attribution.Storage.Sqlite;

// What is only ever appended: packs and rejections.
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public ValueTask<(IReadOnlyList<RejectionDocument> Rejections, string? Cursor)> RejectionsAsync(
        string? brand, string? cursor, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        // The cursor is the id of the last one answered.
        var last = Guid.AllBitsSet;
        if (cursor is not null && !Guid.TryParseExact(cursor, "N", out last))
            throw new ArgumentException("The cursor is none that this list answered.", nameof(cursor));
        return database.ReadAsync<(IReadOnlyList<RejectionDocument>, string?)>(
            session =>
            {
                const string Columns = "SELECT id, brand, source, received_at, reason, pointer, detail, event_id, schema, payload FROM rejections ";
                var select = brand is null
                    ? session[Columns + "WHERE id < ?1 ORDER BY id DESC LIMIT ?2"]
                    : session[Columns + "WHERE brand = ?3 AND id < ?1 ORDER BY id DESC LIMIT ?2"].Bind(3, brand);
                select.Bind(1, last).Bind(2, limit + 1L);
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
    public async IAsyncEnumerable<EventPack> PacksAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        const int Chunk = 64;
        long last = 0;
        while (true)
        {
            var archives = await database.ReadAsync(
                session =>
                {
                    var archives = new List<(long Seq, byte[] Archive)>(Chunk);
                    var select = session["SELECT seq, archive FROM packs WHERE seq > ? ORDER BY seq LIMIT ?"].Bind(1, last).Bind(2, Chunk);
                    while (select.Step()) archives.Add((select.Int64(0), select.Blob(1).ToArray()));
                    return archives;
                },
                cancellation);
            foreach (var (_, archive) in archives) yield return PackCodec.Decode(archive);
            if (archives.Count < Chunk) yield break;
            last = archives[^1].Seq;
        }
    }

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
    };
}
