using System.ComponentModel.DataAnnotations;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Host.Ingest;

/// <summary>Section <c>Ingest:Spool</c>: the file that makes a 202 durable, and its draining to the bus.</summary>
internal sealed class SpoolOptions
{
    /// <summary>
    /// Greatest size of the spool's file in pages of 4 KiB. At this size, requests are answered with 503 and
    /// <c>Retry-After</c> until the spool has drained. Nothing is dropped. Default 1,048,576 (4 GiB); at least 16.
    /// </summary>
    [Range(16L, uint.MaxValue - 1L)]
    public long MaxPageCount { get; set; } = 1 << 20;

    /// <summary>
    /// Durability of a 202: <c>Full</c>, on disk, or <c>Normal</c>, in the operating system's cache, where a power
    /// failure may lose events that were answered with 202. A killed process loses nothing in either case. Default
    /// <c>Full</c>.
    /// </summary>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Full;

    /// <summary>
    /// Greatest number of messages on the bus; the others wait in the file. Default 64; 1 to 1,024. A greater number
    /// keeps consumers busier when messages are small.
    /// </summary>
    [Range(1, 1_024)]
    public int MaxInFlight { get; set; } = 64;

    /// <summary>
    /// Size in bytes of messages on the bus, as stored, from which no further message is published. Default 3 MiB,
    /// about 7,500 events, of which a commit takes 1,500; 1 KiB to 1 GiB. A greater size takes four times its bytes in
    /// memory and does not keep consumers busier.
    /// </summary>
    [Range(1 << 10, 1 << 30)]
    public int MaxInFlightBytes { get; set; } = 3 << 20;

    /// <summary>
    /// Embedded mode: time after which a message that was given up, so that the store does not have it, is published again
    /// under the same id, which is harmless. A message that still waits is not. Default 30 s; 10 ms to 1 hour.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00", ErrorMessage = "must be between 00:00:00.01 and 01:00:00")]
    public TimeSpan RedeliverAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Embedded mode: interval of the look-up of messages on the bus in the store. Default 50 ms; 1 ms to 10 s.
    /// Together with <see cref="MaxInFlight"/> it limits the rate: 64 messages per 50 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10", ErrorMessage = "must be between 00:00:00.001 and 00:00:10")]
    public TimeSpan CheckEvery { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Greatest duration of publishing one message; then it is tried again. Default 10 s; 10 ms to 5 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:05:00", ErrorMessage = "must be between 00:00:00.01 and 00:05:00")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Pause after a failure of the bus or the store. Default 1 s; 1 ms to 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00", ErrorMessage = "must be between 00:00:00.001 and 00:01:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);
}
