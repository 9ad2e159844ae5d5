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
    /// Most messages that one transaction takes, of those that wait when it begins. Default 64; 1 to 1,000. The bus hands out twice as
    /// many ahead, up to 256 KiB each; those of a process that is killed go to another.
    /// </summary>
    [Range(1, 1_000)]
    public int MessagesPerBatch { get; set; } = 64;
}

/// <summary>What of section <c>Ingest</c> holds on the bus too, where outside producers publish past the door.</summary>
public sealed class AcceptanceOptions
{
    /// <summary>An event older than this when it was received is refused as <c>too_late</c>. Default 400 days.</summary>
    public TimeSpan Horizon { get; set; } = EventContext.DefaultHorizon;
}
