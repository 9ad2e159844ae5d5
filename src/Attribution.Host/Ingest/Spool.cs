using System.Collections.Concurrent;
using System.Text.Json;
using Attribution.Contracts;
using Attribution.Host.Configuration;
using Attribution.Host.Messaging;
using Attribution.Storage;
using Attribution.Storage.Sqlite.Database;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest;

/// <summary>
/// The file that makes a 202 durable: formed messages with their ids, in order, until the store has them, or the broker. Thread-safe; one reader.
/// </summary>
internal sealed class Spool(HostSettings host, IOptions<IngestOptions> options) : IAsyncDisposable
{
    private const int ApplicationId = 0x41545350; // "ATSP"

    /// <summary>Messages just written and still in memory, so that the drain need not read them back. At most this many are remembered.</summary>
    private const int MaxCached = 16;

    private static readonly string[] Migrations =
    [
        "CREATE TABLE messages (seq INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT",
    ];

    private readonly ConcurrentDictionary<long, EventPack> cached = new();
    private readonly SemaphoreSlim messagesAvailable = new(0, 1);
    private SqliteDatabase? database;
    private long lastSequence;
    private long depth;

    /// <summary>Messages in the file.</summary>
    public long Depth => Interlocked.Read(ref depth);

    private SqliteDatabase Database => database ?? throw new InvalidOperationException("The spool was not opened yet.");

    /// <summary>Opens the file, or makes it. Called once, before anything else.</summary>
    /// <exception cref="StoreUnusableException">The file cannot be used.</exception>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        var spool = options.Value.Spool;
        var path = Path.Combine(host.DataFolder, "spool", host.Instance + ".db");
        database = await SqliteDatabase.OpenAsync(
            path,
            ApplicationId,
            Migrations,
            new SqliteDatabaseOptions
            {
                Synchronous = spool.Synchronous,
                MaxPageCount = spool.MaxPageCount,
                Readers = 1,
                CacheKiB = 8_192,
                CheckpointPages = 2_048,
            },
            cancellation);
        (lastSequence, depth) = await database.ReadAsync(
            session =>
            {
                var statement = session["SELECT COALESCE(MAX(seq), 0), COUNT(*) FROM messages"];
                statement.Step();
                return (statement.Int64(0), statement.Int64(1));
            },
            cancellation);
    }

    /// <summary>Share of the file's greatest size that is in use: 0 to 1.</summary>
    public async Task<double> GetFillRatioAsync(CancellationToken cancellation) =>
        await Database.ReadAsync(
            session =>
            {
                return (double)(Number("PRAGMA page_count") - Number("PRAGMA freelist_count")) / options.Value.Spool.MaxPageCount;

                long Number(string pragma)
                {
                    var statement = session[pragma];
                    statement.Step();
                    return statement.Int64(0);
                }
            },
            cancellation);

    /// <summary>Appends the messages in one transaction: when this returns they are durable.</summary>
    /// <exception cref="SqliteFaultException">Nothing was written; <see cref="SqliteFaultException.IsFull"/> when there is no room.</exception>
    public async Task AppendAsync(IReadOnlyList<EventPack> packs)
    {
        var rows = packs.Select(pack => (Pack: pack, Body: JsonSerializer.SerializeToUtf8Bytes(pack, EventPackJsonContext.Default.EventPack))).ToList();
        var remembered = new List<long>();
        try
        {
            await Database.WriteAsync(
                session =>
                {
                    var insert = session["INSERT INTO messages (seq, body) VALUES (?, ?)"];
                    foreach (var row in rows)
                    {
                        // Numbered under the lock, so that none appears behind a reader. Remembered before it can be read: one that
                        // is remembered after it was read would be remembered for ever.
                        insert.Bind(1, ++lastSequence).Bind(2, row.Body).Run();
                        if (cached.Count < MaxCached && cached.TryAdd(lastSequence, row.Pack)) remembered.Add(lastSequence);
                    }
                },
                CancellationToken.None);
        }
        catch
        {
            foreach (var seq in remembered)
                cached.TryRemove(seq, out _);
            throw;
        }

        Interlocked.Add(ref depth, rows.Count);
        try
        {
            if (messagesAvailable.CurrentCount == 0) messagesAvailable.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else said so in the same moment.
        }
    }

    /// <summary>Waits until messages were written that no earlier wait was told of, or so long.</summary>
    public Task WaitForMessagesAsync(TimeSpan atMost, CancellationToken cancellation) => messagesAvailable.WaitAsync(atMost, cancellation);

    /// <summary>The oldest messages after one, in order. A body that cannot be read comes as null, and stays in the file.</summary>
    /// <param name="after">Sequence number; 0 begins.</param>
    /// <param name="limit">Most messages, at least 1.</param>
    /// <param name="bytes">Most bytes of them all; the first comes however large it is.</param>
    /// <param name="cancellation">Stops waiting for a connection.</param>
    public async Task<List<SpooledPack>> ReadAsync(long after, int limit, long bytes, CancellationToken cancellation)
    {
        // The body of a message that is still in memory is not touched, and SQLite does not read what is not touched.
        return await Database.ReadAsync(
            session =>
            {
                var found = new List<SpooledPack>();
                var select = session["SELECT seq, length(body), body FROM messages WHERE seq > ? ORDER BY seq LIMIT ?"].Bind(1, after).Bind(2, limit);
                while (select.Step())
                {
                    var (seq, length) = (select.Int64(0), select.Int64(1));
                    if (found.Count > 0 && length > bytes) break;
                    bytes -= length;
                    found.Add(new(seq, length, cached.TryRemove(seq, out var pack) ? pack : Deserialize(select.Blob(2))));
                }

                return found;
            },
            cancellation);
    }

    /// <summary>Removes messages that others have now. Those of them that are not in the file are let be.</summary>
    public async Task RemoveAsync(IReadOnlyCollection<long> messages, CancellationToken cancellation)
    {
        var removed = await Database.WriteAsync(
            session =>
            {
                var delete = session["DELETE FROM messages WHERE seq = ?"];
                return messages.Sum(seq => delete.Bind(1, seq).Run());
            },
            cancellation);
        Interlocked.Add(ref depth, -removed);
    }

    /// <summary>Rewrites the file: what was removed may lie in it until then.</summary>
    public ValueTask CompactAsync(CancellationToken cancellation) => Database.CompactAsync(cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        messagesAvailable.Dispose();
        return database?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private static EventPack? Deserialize(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, EventPackJsonContext.Default.EventPack);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A message in the spool.</summary>
/// <param name="Sequence">Its place in the order.</param>
/// <param name="Bytes">Its size there.</param>
/// <param name="Pack">The message; null when this version cannot read it.</param>
internal sealed record SpooledPack(long Sequence, long Bytes, EventPack? Pack);
