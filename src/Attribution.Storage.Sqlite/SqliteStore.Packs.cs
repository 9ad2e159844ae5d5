using System.Runtime.CompilerServices;
using Attribution.Contracts;
using Attribution.Storage.Codecs;

namespace Attribution.Storage.Sqlite;

// What is only ever appended: packs.
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<EventPack> ReadPacksAsync([EnumeratorCancellation] CancellationToken cancellation)
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
}
