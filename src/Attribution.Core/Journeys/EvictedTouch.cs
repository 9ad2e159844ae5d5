using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>
/// A touch that was evicted from its journey, reduced to the members that later events may need. Its counts are in
/// <see cref="Journey.EvictedCounts"/>.
/// </summary>
/// <param name="Id">Identity of the event, by which a repetition is recognized.</param>
/// <param name="At">Time of the touch.</param>
/// <param name="ClickId">A click's own id, by which it still owns visits; null for a visit.</param>
/// <param name="Placement">The placement that it matched; null if nothing matched.</param>
/// <param name="IsLabeled">True if it was not made by a person.</param>
public sealed record EvictedTouch(EventId Id, Timestamp At, string? ClickId, Placement? Placement, bool IsLabeled);
