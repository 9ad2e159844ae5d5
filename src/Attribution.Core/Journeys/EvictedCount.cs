using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>
/// The count of evicted touches on a day of a placement, as matched when they were evicted: later catalog changes do
/// not affect it.
/// </summary>
/// <param name="Day">The brand's local day.</param>
/// <param name="Placement">The placement; for names that matched nothing, the parts of their rollup key.</param>
/// <param name="Measure">A measure of touches.</param>
/// <param name="Count">The count; for <see cref="Measure.UniqueVisitors"/> always 1.</param>
public sealed record EvictedCount(DateOnly Day, Placement Placement, Measure Measure, long Count);
