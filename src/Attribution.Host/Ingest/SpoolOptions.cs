using System.ComponentModel.DataAnnotations;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Host.Ingest;

/// <summary>Section <c>Ingest:Spool</c>: the file that makes a 202 durable, and its draining to the bus.</summary>
internal sealed class SpoolOptions
{
    /// <summary>
    /// Size of the spool in pages of 4 KiB. Beyond it, 503 with <c>Retry-After</c>; nothing is dropped. Default:
    /// 1,048,576 (4 GiB); at least 16.
    /// </summary>
    [Range(16L, uint.MaxValue - 1L)]
    public long MaxPageCount { get; set; } = 1 << 20;

    /// <summary>
    /// Moment at which an event is durable: on the disk, or with the operating system. With <c>Normal</c>, a power
    /// failure may lose events that received 202; a killed process loses nothing in either case. Default: <c>Full</c>;
    /// <c>Full</c>, <c>Normal</c>.
    /// </summary>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Full;

    /// <summary>Messages on the bus at a time. Default: 64; 1 to 1,024.</summary>
    [Range(1, 1_024)]
    public int MaxInFlight { get; set; } = 64;

    /// <summary>
    /// Bytes of messages on the bus at a time, about 7,500 events. More takes four times that in memory and keeps no
    /// consumer busier. Default: 3 MiB; 1 KiB to 1 GiB.
    /// </summary>
    [Range(1 << 10, 1 << 30)]
    public int MaxInFlightBytes { get; set; } = 3 << 20;

    /// <summary>
    /// Embedded: time after which a message that was given up and is not in the store is put on the bus again. One that
    /// still waits is not. Default: 30 s; 10 ms to 1 hour.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00", ErrorMessage = "must be between 00:00:00.01 and 01:00:00")]
    public TimeSpan RedeliverAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Embedded: interval of the check which messages the store has. With <c>MaxInFlight</c> it limits the rate.
    /// Default: 50 ms; 1 ms to 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10", ErrorMessage = "must be between 00:00:00.001 and 00:00:10")]
    public TimeSpan CheckEvery { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Time to put one message on the bus. Default: 10 s; 10 ms to 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:05:00", ErrorMessage = "must be between 00:00:00.01 and 00:05:00")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Pause after a failure of the bus or the store. Default: 1 s; 1 ms to 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00", ErrorMessage = "must be between 00:00:00.001 and 00:01:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);
}
