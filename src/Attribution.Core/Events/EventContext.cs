using Attribution.Contracts;
using Attribution.Core.Quality;

namespace Attribution.Core.Events;

/// <summary>What the sender's key or the pack says for events that do not say it themselves, and the moment of receipt.</summary>
/// <param name="Source">Source of events that name none.</param>
/// <param name="Brand">Brand of events that name none.</param>
/// <param name="ReceivedAt">When the ingest received them.</param>
/// <param name="Horizon">An event older than this when received is refused as <see cref="RejectionReason.TooLate"/>; one exactly as old is not.</param>
public sealed record EventContext(string Source, string Brand, DateTimeOffset ReceivedAt, TimeSpan Horizon)
{
    /// <summary>Which user agents are bots'.</summary>
    public BotRules Bots { get; init; } = BotRules.Default;

    /// <summary>The horizon where none is configured: 400 days.</summary>
    public static readonly TimeSpan DefaultHorizon = TimeSpan.FromDays(400);
}
