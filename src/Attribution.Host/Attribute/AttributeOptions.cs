using System.ComponentModel.DataAnnotations;
using Attribution.Core.Events;

namespace Attribution.Host.Attributing;

/// <summary>Section <c>Attribute</c>.</summary>
public sealed class AttributeOptions
{
    /// <summary>
    /// Most events that one transaction takes, unless a single message holds more. Default 2,000; 1 to 20,000. More make the commit
    /// cheaper an event and longer to wait for; nothing is lost at any value.
    /// </summary>
    [Range(1, 20_000)]
    public int EventsPerCommit { get; set; } = 2_000;

    /// <summary>
    /// How often a commit starts again at once when others were faster, before the message goes back to the bus. Default 20; 1 to 1,000.
    /// </summary>
    [Range(1, 1_000)]
    public int CommitAttempts { get; set; } = 20;

    /// <summary>
    /// Most messages that one consumer call takes. Default 64; 1 to 1,000. They come together when they wait already or within
    /// <see cref="BatchWithin"/>.
    /// </summary>
    [Range(1, 1_000)]
    public int MessagesPerBatch { get; set; } = 64;

    /// <summary>How long a message waits for others to share its transaction. Default 5 ms; 1 ms to 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:01")]
    public TimeSpan BatchWithin { get; set; } = TimeSpan.FromMilliseconds(5);
}

/// <summary>What of section <c>Ingest</c> holds on the bus too, where outside producers publish past the door.</summary>
public sealed class AcceptanceOptions
{
    /// <summary>An event older than this when it was received is refused as <c>too_late</c>. Default 400 days.</summary>
    public TimeSpan Horizon { get; set; } = EventContext.DefaultHorizon;
}
