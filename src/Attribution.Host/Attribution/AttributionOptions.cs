using System.ComponentModel.DataAnnotations;
using Attribution.Core.Journeys;

namespace Attribution.Host.Attribution;

/// <summary>Section <c>Attribute</c>.</summary>
internal sealed class AttributionOptions
{
    /// <summary>
    /// Greatest number of events per transaction, unless a single message has more. Default 1,500; 1 to 20,000. A
    /// greater number costs less per event and makes commits longer. Nothing is lost at any value.
    /// </summary>
    [Range(1, 20_000)]
    public int EventsPerCommit { get; set; } = 1_500;

    /// <summary>
    /// Greatest number of attempts of a commit that conflicts with others, before the message returns to the bus.
    /// Default 20; 1 to 1,000.
    /// </summary>
    [Range(1, 1_000)]
    public int CommitAttempts { get; set; } = 20;

    /// <summary>
    /// Greatest number of waiting messages per transaction. Default 24; 1 to 1,000. The bus prefetches twice as many,
    /// up to 256 KiB each; the messages of a killed process go to another.
    /// </summary>
    [Range(1, 1_000)]
    public int MessagesPerBatch { get; set; } = 24;

    /// <summary>
    /// Greatest number of clicks and visits in a journey that may earn credit: the newest by (time, kind, source, id).
    /// Default 500; 1 to 10,000. An evicted touch stays in all counts, as it was matched then, and is recognized when
    /// it arrives again. Lost: it earns no credit any more, its orders are credited to the remaining touches, and
    /// catalog changes do not affect it. A lower value acts on a journey at its next event.
    /// </summary>
    [Range(1, 10_000)]
    public int TouchesPerJourney { get; set; } = 500;

    /// <summary>
    /// Greatest number of clicks and visits in a journey that are labeled (bots, prefetches) or matched nothing: the
    /// newest. Default 200; 1 to 10,000. Lost: a link or rule that is added to the catalog later does not match evicted
    /// touches.
    /// </summary>
    [Range(1, 10_000)]
    public int TouchesSetAsidePerJourney { get; set; } = 200;

    /// <summary>
    /// Number of conversions from which a journey accepts no more links: further orders get journeys of their own.
    /// Default 2,000; 1 to 100,000. Otherwise a key shared by all guest customers would merge a whole shop into one
    /// person. Lost: those orders see none of the journey's touches, and the order of arrival decides which orders are
    /// the first.
    /// </summary>
    [Range(1, 100_000)]
    public int ConversionsPerJourney { get; set; } = 2_000;

    /// <summary>
    /// Period after <c>Ingest:Horizon</c> for which a journey stays complete, so that delayed and reordered messages
    /// find it unchanged. Default 30 days; 0 to 3,650 days. When the journey is next written after that, orders without
    /// recent events are archived: they move to a journey of their own with their touches, where a late refund or
    /// correction has the same result. Touches that are older by the longest lookback stay in all counts. Lost: catalog
    /// changes and longer lookbacks do not affect those touches, the limits on linking people ignore those orders, and
    /// a message that was delayed for longer may count an event twice or leave an order without a late touch.
    /// </summary>
    [Range(
        typeof(TimeSpan), "00:00:00", "3650.00:00:00", ErrorMessage = "must be between 00:00:00 and 3650.00:00:00 (ten years)")]
    public TimeSpan SealAfter { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Returns the bounds of a journey.</summary>
    /// <param name="horizon">The greatest age of an accepted event.</param>
    public JourneyBounds GetBounds(TimeSpan horizon) =>
        new(TouchesPerJourney, TouchesSetAsidePerJourney, ConversionsPerJourney, horizon + SealAfter);

    /// <summary>
    /// File with rules that recognize bots by their user agents, instead of the built-in rules
    /// (`src/Attribution.Core/Quality/bot-rules.json`, which has the same format). Default none. Read at start; an
    /// invalid file prevents it. Committed events keep their labels until the next rebuild, which labels all history
    /// again and records the changes in the ledger. Must be the same in every process that attributes.
    /// </summary>
    public string? BotRules { get; set; }
}
