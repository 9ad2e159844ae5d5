using System.ComponentModel.DataAnnotations;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest;

/// <summary>Section <c>Ingest</c>: limits of requests and messages.</summary>
internal sealed class IngestOptions
{
    /// <summary>
    /// Greatest age of an event when received, inclusive. An older event is rejected as <c>too_late</c>: it is listed
    /// among the rejections and not counted. Default 400 days; 1 day to 10 years of 366 days. Journeys keep the data
    /// for late events as long.
    /// </summary>
    [Range(
        typeof(TimeSpan), "1.00:00:00", "3660.00:00:00", ErrorMessage = "must be between 1.00:00:00 and 3660.00:00:00 (ten years)")]
    public TimeSpan Horizon { get; set; } = EventContext.DefaultHorizon;

    /// <summary>
    /// Greatest number of events of an array or CloudEvents batch, and of results listed in a response. A request with
    /// more is rejected as a whole (413). NDJSON has no limit. Default 1,000; 1 to 100,000.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxEvents { get; set; } = 1_000;

    /// <summary>
    /// Greatest body in bytes. A longer request is rejected as a whole (413). NDJSON has no limit. Default 1 MiB; 1 KiB
    /// to 64 MiB.
    /// </summary>
    [Range(1 << 10, 64 << 20)]
    public int MaxBodyBytes { get; set; } = 1 << 20;

    /// <summary>
    /// Greatest number of events in one message. Further events get further messages. Default 500; 1 to 5,000.
    /// </summary>
    [Range(1, 5_000)]
    public int PackEvents { get; set; } = 500;

    /// <summary>
    /// Greatest sum of event bytes in one message, except for a single larger event. Default 256 KiB; 1 KiB to 4 MiB.
    /// </summary>
    [Range(1 << 10, 4 << 20)]
    public int PackBytes { get; set; } = 256 << 10;

    /// <summary>
    /// Server mode: time that a request waits for the broker's confirmation. Then its events go to the spool, and the
    /// circuit to the broker opens. Default 2 s; 10 ms to 1 minute. A message that the broker confirms later is
    /// delivered twice, which is harmless.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00", ErrorMessage = "must be between 00:00:00.01 and 00:01:00")]
    public TimeSpan ConfirmWithin { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Server mode: greatest number of concurrent writes to the broker. Requests that arrive meanwhile share the next
    /// write. Default 16; 1 to 256. A greater number responds sooner when the broker is slow to confirm, with smaller
    /// messages.
    /// </summary>
    [Range(1, 256)]
    public int MaxPublishing { get; set; } = 16;

    /// <summary>
    /// Greatest sum of event bytes that wait in memory for the broker or the spool's disk, over all requests. Further
    /// requests are answered with 503 and <c>Retry-After</c>. Default 64 MiB; 1 MiB to 1 GiB.
    /// </summary>
    [Range(1 << 20, 1 << 30)]
    public int MaxWaitingBytes { get; set; } = 64 << 20;

    /// <summary>
    /// Greatest difference between now and the signed time of a webhook, before or after, inclusive. Applies to
    /// signatures that cover the time (Stripe, generic). Other deliveries are answered with 401 and not stored. Default
    /// 5 minutes; 1 s to 1 day.
    /// </summary>
    [Range(
        typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "must be between 00:00:01 and 1.00:00:00")]
    public TimeSpan WebhookTolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Options of the spool.</summary>
    public SpoolOptions Spool { get; set; } = new();
}
