using Attribution.Contracts;
using Attribution.Core.Quality;

namespace Attribution.Core.Events;

/// <summary>
/// Defaults for events that omit a source or brand, from the sender's API key or the pack, and the time of receipt.
/// </summary>
/// <param name="Source">Source of events that specify none.</param>
/// <param name="Brand">Brand of events that specify none.</param>
/// <param name="ReceivedAt">Time at which the ingest received the events.</param>
/// <param name="Horizon">
/// Maximum age of an event when received (inclusive). Older events are rejected as
/// <see cref="RejectionReason.TooLate"/>.
/// </param>
public sealed record EventContext(string Source, string Brand, DateTimeOffset ReceivedAt, TimeSpan Horizon)
{
    /// <summary>The default horizon: 400 days.</summary>
    public static readonly TimeSpan DefaultHorizon = TimeSpan.FromDays(400);

    /// <summary>Gets the rules that identify user agents of bots; null to not label them.</summary>
    public BotRules? Bots { get; init; } = BotRules.Default;
}
