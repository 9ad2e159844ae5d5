using Attribution.Core.Events;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>A touch that left its journey: what a later event may still ask of it. What it counted stands in the journey's base.</summary>
/// <param name="Id">By which it is recognised when it comes again.</param>
/// <param name="At">When it happened.</param>
/// <param name="ClickId">A click's own id, by which it still owns its landings; null of a visit.</param>
/// <param name="Placement">What it had matched.</param>
/// <param name="IsLabeled">Whether it was no person's act.</param>
public sealed record EvictedTouch(EventId Id, Timestamp At, string? ClickId, Placement? Placement, bool IsLabeled);

/// <summary>What touches that left a journey count on a day of a placement, as matched when they left: catalog changes reach them no more.</summary>
/// <param name="Day">The brand's local day.</param>
/// <param name="Placement">Whose; of names that matched nothing, what stands for them in the key of a rollup.</param>
/// <param name="Measure">A measure of touches.</param>
/// <param name="Count">How many; of <see cref="Measure.UniqueVisitors"/> always 1.</param>
public sealed record EvictedCount(DateOnly Day, Placement Placement, Measure Measure, long Count);
