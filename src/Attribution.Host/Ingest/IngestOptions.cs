using System.ComponentModel.DataAnnotations;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest;

/// <summary>Section <c>Ingest</c>: limits of requests and messages.</summary>
internal sealed class IngestOptions
{
    /// <summary>
    /// Greatest age of an event when received, inclusive. An older one is rejected as <c>too_late</c> and counts
    /// nowhere. Journeys keep the data to judge late events for as long. Default: 400 days; 1 to 3,660 days.
    /// </summary>
    [Range(
        typeof(TimeSpan), "1.00:00:00", "3660.00:00:00", ErrorMessage = "must be between 1.00:00:00 and 3660.00:00:00 (ten years)")]
    public TimeSpan Horizon { get; set; } = EventContext.DefaultHorizon;

    /// <summary>
    /// Events of an array or CloudEvents batch, and results listed in a response. Beyond it, the request is refused
    /// (413). NDJSON has no limit. Default: 1,000; 1 to 100,000.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxEvents { get; set; } = 1_000;

    /// <summary>
    /// Size of a body except NDJSON. Beyond it, the request is refused (413). Default: 1 MiB; 1 KiB to 64 MiB.
    /// </summary>
    [Range(1 << 10, 64 << 20)]
    public int MaxBodyBytes { get; set; } = 1 << 20;

    /// <summary>Events per message; beyond it another message begins. Default: 500; 1 to 5,000.</summary>
    [Range(1, 5_000)]
    public int PackEvents { get; set; } = 500;

    /// <summary>
    /// Bytes of events per message, except for a single larger event. Default: 256 KiB; 1 KiB to 4 MiB.
    /// </summary>
    [Range(1 << 10, 4 << 20)]
    public int PackBytes { get; set; } = 256 << 10;

    /// <summary>
    /// Server mode: time a request waits for the broker's confirmation before its events go to the spool and the
    /// circuit to the broker opens. A later confirmation delivers twice, which is harmless. Default: 2 s; 10 ms to 1
    /// minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00", ErrorMessage = "must be between 00:00:00.01 and 00:01:00")]
    public TimeSpan ConfirmWithin { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Server mode: groups of requests published at a time. A higher value responds sooner if the broker is slow, and
    /// makes smaller messages. Default: 16; 1 to 256.
    /// </summary>
    [Range(1, 256)]
    public int MaxPublishing { get; set; } = 16;

    /// <summary>
    /// Bytes of events that wait in memory for the broker or the disk. Beyond it, 503 with <c>Retry-After</c>. Default:
    /// 64 MiB; 1 MiB to 1 GiB.
    /// </summary>
    [Range(1 << 20, 1 << 30)]
    public int MaxWaitingBytes { get; set; } = 64 << 20;

    /// <summary>
    /// Allowed distance between now and the signed time of a webhook (Stripe, generic). Beyond it, 401. Default: 5
    /// minutes; 1 s to 1 day.
    /// </summary>
    [Range(
        typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "must be between 00:00:01 and 1.00:00:00")]
    public TimeSpan WebhookTolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Options of the spool.</summary>
    public SpoolOptions Spool { get; set; } = new();
}
