using System.ComponentModel.DataAnnotations;
using Attribution.Core.Events;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Host.Ingest;

/// <summary>The section <c>Ingest</c>: what is taken at the door and how it is packed.</summary>
internal sealed class IngestOptions
{
    /// <summary>
    /// An event older than this when received is rejected as <c>too_late</c>: it is listed among the rejections and counts nowhere.
    /// Default 400 days; 1 day to 10 years of 366 days. Journeys keep what they need to judge late events for as long.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3660.00:00:00", ErrorMessage = "must lie between 1.00:00:00 and 3660.00:00:00, a day and ten years")]
    public TimeSpan Horizon { get; set; } = EventContext.DefaultHorizon;

    /// <summary>
    /// Most events of an array or CloudEvents batch, and most results listed in an answer. Beyond, the whole request is refused (413) and
    /// nothing of it is taken. NDJSON has no limit. Default 1,000; 1 to 100,000.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxEvents { get; set; } = 1_000;

    /// <summary>
    /// Greatest body in bytes, NDJSON excepted, which is as long as it likes. Beyond, the whole request is refused (413) and nothing of it
    /// is taken. Default 1 MiB; 1 KiB to 64 MiB.
    /// </summary>
    [Range(1 << 10, 64 << 20)]
    public int MaxBodyBytes { get; set; } = 1 << 20;

    /// <summary>Most events in one message. Default 500; 1 to 5,000. Nothing is lost beyond it: a further message is begun.</summary>
    [Range(1, 5_000)]
    public int PackEvents { get; set; } = 500;

    /// <summary>Most bytes of events in one message, a single larger event excepted. Default 256 KiB; 1 KiB to 4 MiB. Nothing is lost beyond it.</summary>
    [Range(1 << 10, 4 << 20)]
    public int PackBytes { get; set; } = 256 << 10;

    /// <summary>
    /// Server mode: how long a request waits for the broker to confirm before its events go into the spool instead and the broker is taken
    /// for away. Default 2 s; 10 ms to 1 minute. What the broker confirms later is delivered twice, which is harmless.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00", ErrorMessage = "must lie between 00:00:00.01 and 00:01:00")]
    public TimeSpan ConfirmWithin { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Server mode: how many groups of waiting requests are with the broker at a time; what comes meanwhile gathers for the next. Default
    /// 16; 1 to 256. More answers sooner where the broker is slow to confirm, and makes smaller messages.
    /// </summary>
    [Range(1, 256)]
    public int MaxPublishing { get; set; } = 16;

    /// <summary>
    /// Most bytes of events that wait in memory for the broker or the spool's disk, over all requests. Beyond, requests are answered 503 with
    /// <c>Retry-After</c> and send again. Default 64 MiB; 1 MiB to 1 GiB.
    /// </summary>
    [Range(1 << 20, 1 << 30)]
    public int MaxWaitingBytes { get; set; } = 64 << 20;

    /// <summary>
    /// How far from now, before or after, a webhook may have been signed whose signature covers the time (Stripe, generic); exactly as far is
    /// taken. Beyond, it is answered 401 and nothing of it is kept. Default 5 minutes; 1 s to 1 day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "must lie between 00:00:01 and 1.00:00:00, a second and a day")]
    public TimeSpan WebhookTolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The spool.</summary>
    public SpoolOptions Spool { get; set; } = new();
}

/// <summary>The section <c>Ingest:Spool</c>: the file that makes a 202 durable, and how it is drained onto the bus.</summary>
internal sealed class SpoolOptions
{
    /// <summary>
    /// Greatest size of the spool's file in pages of 4 KiB. When it is reached, requests are answered 503 with <c>Retry-After</c>, nothing
    /// is dropped, and they are taken again as it drains. Default 1,048,576 (4 GiB); at least 16.
    /// </summary>
    [Range(16L, uint.MaxValue - 1L)]
    public long MaxPageCount { get; set; } = 1 << 20;

    /// <summary>
    /// When an event counts as durable: <c>Full</c>, on the disk, or <c>Normal</c>, with the operating system, where a power cut may lose
    /// events that were answered with 202 (a killed process loses nothing either way). Default <c>Full</c>.
    /// </summary>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Full;

    /// <summary>
    /// Most messages on the bus at a time; the others wait in the file. Default 64; 1 to 1,024. More keeps consumers busier where messages are small.
    /// </summary>
    [Range(1, 1_024)]
    public int MaxInFlight { get; set; } = 64;

    /// <summary>
    /// Bytes of messages, as they are in the file, from which on no further message is put on the bus. Default 3 MiB, some 7,500 events, of which a
    /// commit takes 1,500; 1 KiB to 1 GiB. More takes memory, four times over, and keeps no consumer busier.
    /// </summary>
    [Range(1 << 10, 1 << 30)]
    public int MaxInFlightBytes { get; set; } = 3 << 20;

    /// <summary>
    /// Embedded mode: a message that the store does not have after this long is put on the bus again under the same id, which is harmless. Default 30 s;
    /// 10 ms to 1 hour. Must be longer than a consumer takes for <see cref="MaxInFlight"/> messages, or work is done twice.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00", ErrorMessage = "must lie between 00:00:00.01 and 01:00:00")]
    public TimeSpan RedeliverAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Embedded mode: how often, while messages are on the bus, the store is asked which of them it has: one look-up by id. Default 50 ms; 1 ms to 10 s.
    /// Together with <see cref="MaxInFlight"/> it bounds the rate: 64 messages each 50 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10", ErrorMessage = "must lie between 00:00:00.001 and 00:00:10")]
    public TimeSpan CheckEvery { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long putting one message on the bus may take before it is given up and tried again. Default 10 s; 10 ms to 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:05:00", ErrorMessage = "must lie between 00:00:00.01 and 00:05:00")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause after the bus or the store failed. Default 1 s; 1 ms to 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00", ErrorMessage = "must lie between 00:00:00.001 and 00:01:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);
}
