using Attribution.Contracts;
using Attribution.Storage.Codecs;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Rebuilds;

/// <summary>Reads of the table of packs, which a rebuild replays.</summary>
internal static class SqlitePackReader
{
    /// <summary>Reads some packs in the order of commit, after the one given; null starts with the first.</summary>
    /// <exception cref="InvalidDataException">The pack given is not in this store.</exception>
    public static List<EventPack> ReadAfter(SqliteSession session, Guid? last)
    {
        long after = 0;
        if (last is { } id)
        {
            var find = session["SELECT seq FROM packs WHERE id = ?"].Bind(1, id);
            after = find.Step() ? find.Int64(0) : throw new InvalidDataException(
                $"{session.Path} has no pack {id}, which its rebuild has.");
            find.Reset();
        }

        var (packs, bytes) = (new List<EventPack>(), 0L);
        var select = session["SELECT archive FROM packs WHERE seq > ? ORDER BY seq LIMIT ?"]
            .Bind(1, after).Bind(2, PackBatch.MaxPacks);
        while (select.Step())
        {
            var archive = select.Blob(0);
            packs.Add(PackCodec.Decode(archive));
            if ((bytes += archive.Length) < PackBatch.MaxBytes) continue;
            select.Reset();
            break;
        }
        return packs;
    }

    /// <summary>Counts the packs.</summary>
    public static long Count(SqliteSession session) => session["SELECT COUNT(*) FROM packs"].ReadSingleInt64();

    /// <summary>Returns the id of the pack committed last; null if there is none.</summary>
    public static Guid? FindLast(SqliteSession session)
    {
        var last = session["SELECT id FROM packs ORDER BY seq DESC LIMIT 1"];
        return last.Step() ? last.Guid(0) : null;
    }
}
