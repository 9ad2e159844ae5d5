using System.ComponentModel.DataAnnotations;
using Attribution.Core.Events;

namespace Attribution.Host.Attribution;

/// <summary>Section <c>Attribute</c>.</summary>
internal sealed class AttributionOptions
{
    /// <summary>
    /// Most events that one transaction takes, unless a single message holds more. Default 1,500; 1 to 20,000. More make the commit
    /// cheaper an event and longer to wait for; nothing is lost at any value.
    /// </summary>
    [Range(1, 20_000)]
    public int EventsPerCommit { get; set; } = 1_500;

    /// <summary>
    /// How often a commit starts again at once when others were faster, before the message goes back to the bus. Default 20; 1 to 1,000.
    /// </summary>
    [Range(1, 1_000)]
    public int CommitAttempts { get; set; } = 20;

    /// <summary>
    /// Most messages that one transaction takes, of those that wait when it begins. Default 24; 1 to 1,000. The bus hands out twice as
    /// many ahead, up to 256 KiB each; those of a process that is killed go to another.
    /// </summary>
    [Range(1, 1_000)]
    public int MessagesPerBatch { get; set; } = 24;

    /// <summary>
    /// Most clicks and visits that a journey holds of those that may earn: the newest by (time, kind, source, id). Default 500; 1 to 10,000.
    /// What leaves stays in every count it was in, as it was matched then, and is recognised when it comes again. Lost: it earns nothing any
    /// more, and an order that it had earned is credited to what is kept; a change of the catalog reaches it no more. Lowering it acts on a
    /// journey at its next event.
    /// </summary>
    [Range(1, 10_000)]
    public int TouchesPerJourney { get; set; } = 500;

    /// <summary>
    /// Most clicks and visits that a journey holds of those that are labelled (bots, prefetches) or matched nothing: the newest. Default 200;
    /// 1 to 10,000. Lost beyond it: a catalog that learns the link or rule later no longer finds what left.
    /// </summary>
    [Range(1, 10_000)]
    public int TouchesSetAsidePerJourney { get; set; } = 200;

    /// <summary>
    /// Conversions from which on a journey links no more: further orders stand in journeys of their own. Default 2,000; 1 to 100,000. A guest
    /// customer's key that all share would make one person of a whole shop. Lost beyond it: those orders see none of the journey's touches,
    /// and which orders are the first is a matter of arrival.
    /// </summary>
    [Range(1, 100_000)]
    public int ConversionsPerJourney { get; set; } = 2_000;

    /// <summary>
    /// How long past <c>Ingest:Horizon</c> a journey holds all of it, so that messages that were held up, or come in another order than they were
    /// received in, find it as it was. Default 30 days; 0 to 3,650 days. Then, when the journey is next written, orders of which nothing was said
    /// since go to a journey of their own with the touches they rest on, where a late refund or correction finds them and comes to the same cents;
    /// touches older by the longest lookback besides stay in every count they were in. Lost: a change of the catalog no longer changes what
    /// those touches count as, and a longer lookback finds none of them; the limits on linking people forget those orders; and a message held up
    /// for longer than this may count an event twice or leave an order without a late touch.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00", ErrorMessage = "must lie between 00:00:00 and 3650.00:00:00, nothing and ten years")]
    public TimeSpan SealAfter { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// A file with the rules by which user agents are bots', in the place of those that come with Attribution (`src/Attribution.Core/Quality/bot-rules.json`,
    /// whose form it has). Default none. Read at the start; a bad file refuses it. Events committed before keep their labels until the next
    /// rebuild, which labels all of history anew and books what that changes. Give it to every process that attributes.
    /// </summary>
    public string? BotRules { get; set; }
}

/// <summary>What of section <c>Ingest</c> holds on the bus too, where outside producers publish past the door.</summary>
internal sealed class AcceptanceOptions
{
    /// <summary>An event older than this when it was received is refused as <c>too_late</c>. Default 400 days.</summary>
    public TimeSpan Horizon { get; set; } = EventContext.DefaultHorizon;
}
