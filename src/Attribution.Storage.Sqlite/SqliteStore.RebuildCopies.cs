using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Storage.Codecs;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite;

// What goes from the store that serves to the rebuild: the catalog as it stands, and packs in their order.
public sealed partial class SqliteStore
{
    // Packs are taken a few MiB at a time: the tail that is replayed under the lock is shorter than one such piece, mostly.
    private const int MaxPacksPerRead = 2_000;
    private const int MaxBytesPerRead = 4 * 1024 * 1024;

    internal ValueTask<long> CountPacksAsync(CancellationToken cancellation) =>
        database.ReadAsync(
            session =>
            {
                var count = session["SELECT COUNT(*) FROM packs"];
                count.Step();
                return count.Int64(0);
            },
            cancellation);

    internal async ValueTask<IReadOnlyList<EventPack>> ReadPacksAfterAsync(SqliteStore scratch, CancellationToken cancellation)
    {
        var last = await scratch.ReadLastPackAsync(cancellation);
        return await database.ReadAsync(session => ReadPacksAfter(session, last), cancellation);
    }

    internal async ValueTask CopyCatalogAsync(SqliteStore scratch, CancellationToken cancellation)
    {
        var (items, fits, version, journeysVersion) = await database.ReadAsync(
            session =>
            {
                var items = new List<(long Kind, string Id, byte[] Item)>();
                var select = session["SELECT kind, id, item FROM catalog_items"];
                while (select.Step()) items.Add((select.Int64(0), select.Text(1), select.Blob(2).ToArray()));
                var fits = new List<(string Brand, long Number, long Version, byte[] Document)>();
                select = session["SELECT brand, number, catalog_version, doc FROM fits"];
                while (select.Step()) fits.Add((select.Text(0), select.Int64(1), select.Int64(2), select.Blob(3).ToArray()));
                return (items, fits, ReadCatalogVersion(session), ReadMetaNumber(session, "journeys_version"));
            },
            cancellation);
        await scratch.database.WriteAsync(
            session =>
            {
                // What matched is marked as journeys are written, and again in the store that serves when it takes them over.
                session.Execute("DELETE FROM catalog_items; DELETE FROM fits");
                var put = session["INSERT INTO catalog_items (kind, id, item, matched) VALUES (?, ?, ?, 0)"];
                foreach (var (kind, id, item) in items) put.Bind(1, kind).Bind(2, id).BindText(3, item).Run();
                var fit = session["INSERT INTO fits (brand, number, catalog_version, doc) VALUES (?, ?, ?, ?)"];
                foreach (var (brand, number, of, document) in fits) fit.Bind(1, brand).Bind(2, number).Bind(3, of).Bind(4, document).Run();
                session["UPDATE meta SET value = ? WHERE key = 'catalog_version'"].Bind(1, version).Run();
                session["UPDATE meta SET value = ? WHERE key = 'journeys_version'"].Bind(1, journeysVersion).Run();
            },
            cancellation);
    }

    private ValueTask<Guid?> ReadLastPackAsync(CancellationToken cancellation) =>
        database.ReadAsync<Guid?>(
            session =>
            {
                var last = session["SELECT id FROM packs ORDER BY seq DESC LIMIT 1"];
                return last.Step() ? last.Guid(0) : null;
            },
            cancellation);

    private static List<EventPack> ReadPacksAfter(SqliteSession session, Guid? last)
    {
        long after = 0;
        if (last is { } id)
        {
            var find = session["SELECT seq FROM packs WHERE id = ?"].Bind(1, id);
            after = find.Step() ? find.Int64(0) : throw new InvalidDataException($"{session.Path} has no pack {id}, which its rebuild has.");
            find.Reset();
        }

        var (packs, bytes) = (new List<EventPack>(), 0L);
        var select = session["SELECT archive FROM packs WHERE seq > ? ORDER BY seq LIMIT ?"].Bind(1, after).Bind(2, MaxPacksPerRead);
        while (select.Step())
        {
            var archive = select.Blob(0);
            packs.Add(PackCodec.Decode(archive));
            if ((bytes += archive.Length) < MaxBytesPerRead) continue;
            select.Reset();
            break;
        }
        return packs;
    }

    private static HashSet<CatalogRef> ReadMatchedItems(SqliteSession session)
    {
        var matched = new HashSet<CatalogRef>();
        var select = session["SELECT kind, id FROM catalog_items WHERE matched = 1"];
        while (select.Step()) matched.Add(new CatalogRef((CatalogKind)select.Int64(0), select.Text(1)));
        return matched;
    }
}
