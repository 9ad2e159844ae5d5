using Attribution.Core.Identity;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Erasures;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Erasures;

/// <summary>
/// Erasure of people and deletion of packs in SQLite. Packs have no index by person, so all of them are searched: the
/// existing ones before the transaction, and those added since within it.
/// </summary>
internal sealed class SqliteErasureStore(SqliteStoreContext context) : IErasureStore
{
    /// <inheritdoc/>
    public async ValueTask<ErasureOutcome?> EraseAsync(PersonErasure erasure, CancellationToken cancellation) =>
        await Task.Run(async () =>
        {
            var (found, last) = context.Database.ReadOnOwnConnection(session => FindPacks(session, erasure, after: 0, cancellation));
            return await context.Database.WriteAsync(session => EraseStored(session, erasure, found, last, cancellation), cancellation);
        }, cancellation);

    /// <inheritdoc/>
    public ValueTask<long> DeletePacksBeforeAsync(Timestamp before, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                if (File.Exists(context.RebuildPath)) return 0;
                var deleted = 0L;
                var oldest = session["SELECT seq, archive FROM packs ORDER BY seq LIMIT 1"];
                var delete = session["DELETE FROM packs WHERE seq = ?"];
                while (deleted < PackRetention.MaxDeletedPacks && oldest.Step())
                {
                    var (seq, receivedAt) = (oldest.Int64(0), Timestamp.From(PackCodec.Decode(oldest.Blob(1)).ReceivedAt));
                    oldest.Reset();
                    if (receivedAt >= before) break;
                    delete.Bind(1, seq).Run();
                    deleted++;
                }

                oldest.Reset();
                if (deleted > 0)
                    session["INSERT OR REPLACE INTO meta VALUES ('packs_forgotten', ?)"]
                        .Bind(1, before.UnixMilliseconds).Run();
                return deleted;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask CompactAsync(CancellationToken cancellation) => context.Database.CompactAsync(cancellation);

    private ErasureOutcome? EraseStored(
        SqliteSession session, PersonErasure erasure, List<long> packs, long last, CancellationToken cancellation)
    {
        if (File.Exists(context.RebuildPath)) return null;
        packs.AddRange(FindPacks(session, erasure, last, cancellation).Packs);
        var (events, remaining) = (0L, 0L);
        var documents = new DocumentWriter();
        var read = session["SELECT archive FROM packs WHERE seq = ?"];
        var write = session["UPDATE packs SET archive = ? WHERE seq = ?"];
        foreach (var seq in packs)
        {
            read.Bind(1, seq).Step();
            var pack = PackCodec.Decode(read.Blob(0));
            read.Reset();
            var (erased, changed, unresolved) = PackErasure.Erase(pack, erasure);
            events += changed;
            remaining += unresolved;
            if (changed > 0) write.Bind(1, PackCodec.Encode(erased, documents)).Bind(2, seq).Run();
        }

        return new(
            events,
            EraseJourneys(session, erasure, documents, cancellation),
            erasure.Aliases.Count(alias => context.Aliases.Delete(session, new(erasure.Brand, alias))),
            EraseCauses(session, erasure),
            EraseRejections(session, erasure),
            remaining);
    }

    private static (List<long> Packs, long Last) FindPacks(
        SqliteSession session, PersonErasure erasure, long after, CancellationToken cancellation)
    {
        var packs = new List<long>();
        var select = session["SELECT seq, archive FROM packs WHERE seq > ? ORDER BY seq"].Bind(1, after);
        while (select.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            after = select.Int64(0);
            var (_, changed, remaining) = PackErasure.Erase(PackCodec.Decode(select.Blob(1)), erasure);
            if (changed + remaining > 0) packs.Add(after);
        }
        return (packs, after);
    }

    private static long EraseJourneys(
        SqliteSession session, PersonErasure erasure, DocumentWriter documents, CancellationToken cancellation)
    {
        var erased = new List<(long Seq, byte[] Document)>();
        var select = session["SELECT seq, doc FROM journeys WHERE brand = ? AND merged_into IS NULL"]
            .Bind(1, erasure.Brand);
        while (select.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            if (StoredErasure.TryErase(erasure, select.Blob(1), documents) is { } document)
                erased.Add((select.Int64(0), document));
        }

        // The new version makes commits fail that were planned on the old journey.
        var update = session["UPDATE journeys SET version = version + 1, doc = ? WHERE seq = ?"];
        foreach (var (seq, document) in erased) update.Bind(1, document).Bind(2, seq).Run();
        return erased.Count;
    }

    private static long EraseCauses(SqliteSession session, PersonErasure erasure)
    {
        var named = new List<(long Seq, string Cause)>();
        var select = session["SELECT seq, caused_by FROM ledger WHERE brand = ? AND caused_by <> ''"]
            .Bind(1, erasure.Brand);
        while (select.Step())
            if (StoredErasure.TryEraseCause(erasure, select.Text(1)) is { } cause) named.Add((select.Int64(0), cause));
        var update = session["UPDATE ledger SET caused_by = ? WHERE seq = ?"];
        foreach (var (seq, cause) in named) update.Bind(1, cause).Bind(2, seq).Run();
        return named.Count;
    }

    private static long EraseRejections(SqliteSession session, PersonErasure erasure)
    {
        var named = new List<long>();
        var select = session["SELECT seq, payload, COALESCE(event_id, ''), detail FROM rejections WHERE brand = ?"]
            .Bind(1, erasure.Brand);
        while (select.Step())
            if (StoredErasure.IsNamedIn(erasure, select.Blob(1), select.Text(2), select.Text(3)))
                named.Add(select.Int64(0));
        var delete = session["DELETE FROM rejections WHERE seq = ?"];
        foreach (var seq in named) delete.Bind(1, seq).Run();
        return named.Count;
    }
}
