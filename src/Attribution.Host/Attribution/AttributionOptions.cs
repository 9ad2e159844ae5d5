using System.ComponentModel.DataAnnotations;
using Attribution.Core.Journeys;

namespace Attribution.Host.Attribution;

/// <summary>Section <c>Attribute</c>.</summary>
internal sealed class AttributionOptions
{
    /// <summary>
    /// Events per transaction, unless a single message has more. More makes a commit cheaper per event and slower.
    /// Default: 1,500; 1 to 20,000.
    /// </summary>
    [Range(1, 20_000)]
    public int EventsPerCommit { get; set; } = 1_500;

    /// <summary>
    /// Immediate restarts of a commit after conflicts, before the message returns to the bus. Default: 20; 1 to 1,000.
    /// </summary>
    [Range(1, 1_000)]
    public int CommitAttempts { get; set; } = 20;

    /// <summary>Messages per transaction. The bus delivers twice as many ahead. Default: 24; 1 to 1,000.</summary>
    [Range(1, 1_000)]
    public int MessagesPerBatch { get; set; } = 24;

    /// <summary>
    /// Newest touches that may earn, per journey. Evicted ones stay in the counts and earn nothing more. Default: 500;
    /// 1 to 10,000.
    /// </summary>
    [Range(1, 10_000)]
    public int TouchesPerJourney { get; set; } = 500;

    /// <summary>
    /// Newest labeled or unmatched touches per journey. A catalog that learns a name later does not find evicted ones.
    /// Default: 200; 1 to 10,000.
    /// </summary>
    [Range(1, 10_000)]
    public int TouchesSetAsidePerJourney { get; set; } = 200;

    /// <summary>
    /// Conversions that a journey links at most; further ones are not linked, for example under a shared guest key.
    /// Default: 2,000; 1 to 100,000.
    /// </summary>
    [Range(1, 100_000)]
    public int ConversionsPerJourney { get; set; } = 2_000;

    /// <summary>
    /// Time past <c>Ingest:Horizon</c> for which a journey keeps everything; then it is archived. A message delayed
    /// longer may count an event twice or leave an order without a late touch. Default: 30 days; 0 to 3,650 days.
    /// </summary>
    [Range(
        typeof(TimeSpan), "00:00:00", "3650.00:00:00", ErrorMessage = "must be between 00:00:00 and 3650.00:00:00 (ten years)")]
    public TimeSpan SealAfter { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Returns the bounds of a journey.</summary>
    /// <param name="horizon">The greatest age of an accepted event.</param>
    public JourneyBounds GetBounds(TimeSpan horizon) =>
        new(TouchesPerJourney, TouchesSetAsidePerJourney, ConversionsPerJourney, horizon + SealAfter);

    /// <summary>
    /// Bot rules of your own, in the format of <c>src/Attribution.Core/Quality/bot-rules.json</c>. They precede those of
    /// <c>Reference:BotRules</c>, which is the option for newer published rules. An invalid file stops the startup. Give
    /// it to every attribute process; history follows by a rebuild. Default: the rules of the store; a file.
    /// </summary>
    public string? BotRules { get; set; }
}
