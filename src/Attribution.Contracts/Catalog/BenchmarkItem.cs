using System.Text.Json.Serialization;

namespace Attribution.Contracts.Catalog;

/// <summary>A value from which a ratio counts as good.</summary>
/// <param name="Measure">The ratio's name: <c>engagementRate</c>, <c>roiPercent</c>, …</param>
/// <param name="Good">
/// The minimum value that is good. For a cost ratio (<c>cpa</c>, <c>cpc</c>, <c>cpe</c>, <c>cpm</c>) the maximum.
/// </param>
/// <param name="Tier">
/// Limits the benchmark to creators of this tier. Absent: all tiers without a benchmark of their own.
/// </param>
/// <param name="Platform">
/// Limits the benchmark to this platform (<c>tiktok</c>, case-insensitive): the platform of a post, or the one where a
/// creator has the most followers. Absent: all platforms without a benchmark of their own. A benchmark for both tier
/// and platform has precedence over one for the tier, which has precedence over one for the platform.
/// </param>
public sealed record BenchmarkItem(
    string Measure,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal Good, string? Tier = null,
    string? Platform = null);
