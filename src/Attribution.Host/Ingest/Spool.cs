using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Attribution.Contracts;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Messaging;
using Attribution.Host.Observability;
using Attribution.Storage;
using Attribution.Storage.Journeys;
using Attribution.Storage.Sqlite.Database;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest;

/// <summary>
/// File that makes a 202 durable. It holds messages with their ids, in order, until the store or the broker has them.
/// Thread-safe, with one reader.
/// </summary>
internal sealed class Spool(
    HostSettings host, IOptions<IngestOptions> options, DataLossLog losses, TimeProvider time) : IDurableWriter, IAsyncDisposable
{
    /// <summary>The number "ATSP", which identifies a file as a spool.</summary>
    public const int ApplicationId = 0x41545350;

    /// <summary>
    /// Greatest number of written messages that stay in memory, so that the drain need not read them from the file.
    /// </summary>
    private const int MaxCached = 16;

    private const string BootIdFile = "/proc/sys/kernel/random/boot_id", Stopped = "stopped";

    private static readonly string[] Migrations =
    [
        "CREATE TABLE messages (seq INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT",
    ];

    private readonly ConcurrentDictionary<long, EventPack> cached = new();
    private readonly SemaphoreSlim messagesAvailable = new(0, 1);
    private SqliteDatabase? database;
    private readonly Lock marking = new();
    private readonly string boot = File.Exists(BootIdFile) ? File.ReadAllText(BootIdFile).Trim() : "";
    private long marked;
    private long lastSequence;
    private long depth;

    /// <inheritdoc/>
    public int MaxConcurrency => 1;

    /// <summary>Gets the number of messages in the file.</summary>
    public long Depth => Interlocked.Read(ref depth);

    /// <summary>Gets a value indicating whether the disk has less than a megabyte of free space, which some request exceeds.</summary>
    public bool IsDiskFull => Database.IsDiskFull;

    /// <summary>
    /// Gets one sentence about why the file cannot be written or is damaged; null since a write succeeded.
    /// </summary>
    public string? Fault => Database.Damage ?? Database.WriteFault;

    private SqliteDatabase Database => database ?? throw new InvalidOperationException("The spool is not open yet.");

    /// <summary>Opens the file or creates it. Must be called once, before any other member.</summary>
    /// <exception cref="StoreUnusableException">The file cannot be used.</exception>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        var spool = options.Value.Spool;
        var path = Path.Combine(host.SpoolFolder, host.Instance + ".db");
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
                HasMark = true,
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
        if (ReadMark() is { } known && known > depth)
            losses.Add(DataLoss.FromSpool(known - depth, Path.GetRelativePath(host.DataFolder, path), time.GetUtcNow()));
        WriteMark(depth, boot, isDurable: true);
    }

    /// <summary>Returns the share of the file's greatest size that is in use, from 0 to 1.</summary>
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

    /// <summary>Appends messages in one transaction. They are durable when the method returns.</summary>
    /// <exception cref="SqliteFaultException">
    /// Nothing was written; <see cref="SqliteFaultException.IsFull"/> is true when there is no room.
    /// </exception>
    public async Task WriteAsync(IReadOnlyList<EventPack> packs)
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
                        // The number is given under the lock, so that no message appears behind the reader. The message
                        // is cached before it can be read: cached afterwards, it would never leave the cache.
                        insert.Bind(1, ++lastSequence).Bind(2, row.Body).Run();
                        if (cached.Count < MaxCached && cached.TryAdd(lastSequence, row.Pack))
                            remembered.Add(lastSequence);
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
        WriteMark(rows.Count, boot);
        try
        {
            if (messagesAvailable.CurrentCount == 0) messagesAvailable.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another call released it at the same moment.
        }
    }

    /// <summary>Waits until messages are written after the previous wait, or until the timeout.</summary>
    public Task WaitForMessagesAsync(TimeSpan timeout, CancellationToken cancellation) =>
        messagesAvailable.WaitAsync(timeout, cancellation);

    /// <summary>
    /// Returns the oldest messages after a sequence number, in order. A message that cannot be read has a null pack and
    /// stays in the file.
    /// </summary>
    /// <param name="after">Sequence number (exclusive); 0 for the first messages.</param>
    /// <param name="limit">Greatest number of messages, at least 1.</param>
    /// <param name="bytes">Greatest sum of bytes; the first message is returned whatever its size.</param>
    /// <param name="cancellation">Cancels waiting for a connection.</param>
    public async Task<List<SpooledPack>> ReadAsync(long after, int limit, long bytes, CancellationToken cancellation)
    {
        // SQLite does not read the body of a message that is still in memory, because nothing asks for it.
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
                    found.Add(
                        new(seq, length, cached.TryRemove(seq, out var pack) ? pack : Deserialize(select.Blob(2))));
                }

                return found;
            },
            cancellation);
    }

    /// <summary>Removes messages. Sequence numbers that are not in the file are ignored.</summary>
    public async Task RemoveAsync(IReadOnlyCollection<long> messages, CancellationToken cancellation)
    {
        // Lowered before, so that the mark never names a message that the file may lack.
        WriteMark(-messages.Count, boot);
        var removed = 0;
        try
        {
            removed = await Database.WriteAsync(
                session =>
                {
                    var delete = session["DELETE FROM messages WHERE seq = ?"];
                    return messages.Sum(seq => delete.Bind(1, seq).Run());
                },
                cancellation);
        }
        finally
        {
            WriteMark(messages.Count - removed, boot);
        }

        Interlocked.Add(ref depth, -removed);
    }

    /// <inheritdoc cref="SqliteDatabase.ProbeAsync"/>
    public ValueTask ProbeAsync(CancellationToken cancellation) => Database.ProbeAsync(cancellation);

    /// <summary>Rewrites the file without the bytes of removed messages.</summary>
    public ValueTask CompactAsync(CancellationToken cancellation) => Database.CompactAsync(cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        messagesAvailable.Dispose();
        if (database is not null) WriteMark(0, Stopped, isDurable: true);
        return database?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    /// <summary>Returns the number of messages by the mark; null if the mark does not hold, or is not readable.</summary>
    private long? ReadMark() => Database.ReadMark().Split(' ') is [var number, var state] && (state == boot || state == Stopped)
        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    /// <summary>
    /// Changes the number of messages in the mark. It never exceeds that of the file: it rises after messages were written,
    /// and falls before they are removed. It holds while the machine runs, and after an orderly stop; a machine that loses
    /// power may lose changes of the mark.
    /// </summary>
    private void WriteMark(long change, string state, bool isDurable = false)
    {
        lock (marking)
        {
            marked += change;
            Database.WriteMark(string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, marked)} {state}"), isDurable);
        }
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

/// <summary>
/// Publishes the spool's messages to the bus in order, a limited number at a time, and removes those that the store
/// has. Only the store's transaction proves that a message was attributed; an acknowledgement does not. Messages that
/// left the bus and that the store does not have in time are published again under the same id, as are those found at
/// start. A message that still waits on the bus is not published a second time. A stop leaves the rest
/// in the spool.
/// </summary>
internal sealed partial class SpoolDrain(
    Spool spool, IBus bus, InMemoryDeliveries deliveries, IJourneyStore store, TimeProvider time,
    IOptions<IngestOptions> options, IngestMetrics metrics, ILogger<SpoolDrain> logger)
    : BackgroundService
{
    private readonly Dictionary<Guid, InFlight> inFlight = [];
    private readonly SpoolOptions settings = options.Value.Spool;
    private long bytesInFlight;
    private long lastSequence;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PublishPendingAsync(stoppingToken);
                await spool.WaitForMessagesAsync(
                    inFlight.Count == 0 ? Timeout.InfiniteTimeSpan : settings.CheckEvery, stoppingToken);
                await RemoveCommittedAsync(stoppingToken);
                await RedeliverOverdueAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                LogStopped(spool.Depth);
            }
            catch (Exception e)
            {
                // Bus, store or disk is unavailable. Nothing is lost: the messages are in the spool, and the next round
                // starts there.
                LogFailed(e, spool.Depth);
                await Task.Delay(settings.RetryAfter, time, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task PublishPendingAsync(CancellationToken cancellation)
    {
        while (inFlight.Count < settings.MaxInFlight && bytesInFlight < settings.MaxInFlightBytes)
        {
            var messages = await spool.ReadAsync(
                lastSequence, settings.MaxInFlight - inFlight.Count, settings.MaxInFlightBytes - bytesInFlight, cancellation);
            if (messages.Count == 0)
                return;
            foreach (var message in messages)
            {
                if (message.Pack is null)
                    LogUnreadable(message.Sequence);
                else if (message.Pack.Schema > EventPack.CurrentSchema)
                    LogNewer(message.Sequence, message.Pack.Schema, EventPack.CurrentSchema);
                else
                    await PublishAsync(new InFlight(message.Sequence, message.Bytes, message.Pack), cancellation);
                lastSequence = message.Sequence;
            }
        }
    }

    private async Task PublishAsync(InFlight message, CancellationToken cancellation)
    {
        // A stop does not cancel a publish that is under way; it prevents the next one.
        cancellation.ThrowIfCancellationRequested();
        using var limit = new CancellationTokenSource(settings.PublishTimeout, time);
        message.PublishedAt = time.GetTimestamp();
        deliveries.Begin(message.Pack.PackId);
        using var span = Telemetry.StartSpan("publish", ActivityKind.Producer, [message.Pack.TraceParent]);
        try
        {
            await bus.Publish(
                message.Pack with { TraceParent = span?.Id }, context => context.MessageId = message.Pack.PackId, limit.Token);
        }
        catch
        {
            // The bus may or may not have it; it is published again, which is harmless.
            deliveries.End(message.Pack.PackId);
            throw;
        }

        if (inFlight.TryAdd(message.Pack.PackId, message)) bytesInFlight += message.Bytes;
    }

    private async Task RemoveCommittedAsync(CancellationToken cancellation)
    {
        if (inFlight.Count == 0)
            return;
        var committed = await store.FindCommittedPacksAsync(inFlight.Keys, cancellation);
        if (committed.Count == 0)
            return;
        await spool.RemoveAsync([.. committed.Select(id => inFlight[id].Sequence)], cancellation);
        foreach (var id in committed)
        {
            deliveries.End(id);
            if (inFlight.Remove(id, out var message))
                bytesInFlight -= message.Bytes;
        }
    }

    private async Task RedeliverOverdueAsync(CancellationToken cancellation)
    {
        var overdue = inFlight.Values
            .Where(m => time.GetElapsedTime(m.PublishedAt) >= settings.RedeliverAfter && deliveries.HasLeft(m.Pack.PackId)).OrderBy(m => m.Sequence).ToList();
        if (overdue.Count == 0)
            return;
        LogAgain(overdue.Count, settings.RedeliverAfter);
        metrics.RecordRedelivery(overdue.Count);
        foreach (var message in overdue)
            await PublishAsync(message, cancellation);
    }

    private sealed class InFlight(long seq, long bytes, EventPack pack)
    {
        public long Sequence => seq;

        public long Bytes => bytes;

        public EventPack Pack => pack;

        public long PublishedAt { get; set; }
    }
}
