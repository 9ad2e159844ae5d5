using System.Collections.Immutable;
using Attribution.Contracts.Catalog;

namespace Attribution.Core.Catalog;

/// <summary>
/// A brand's measures for creators: tiers by followers, and benchmarks from which a ratio counts as good.
/// </summary>
/// <param name="Tiers">The tiers in ascending order.</param>
/// <param name="Benchmarks">The benchmarks in the brand's order.</param>
public sealed record CreatorBenchmarks(ImmutableArray<CreatorTierItem> Tiers, ImmutableArray<BenchmarkItem> Benchmarks)
{
    /// <summary>The tiers if a brand specifies none. There is no generally accepted definition.</summary>
    public static readonly ImmutableArray<CreatorTierItem> DefaultTiers =
        [new("nano", 1_000), new("micro", 10_000), new("mid", 50_000), new("macro", 500_000), new("mega", 1_000_000)];

    /// <summary>
    /// The benchmarks if a brand specifies none: an engagement rate of 3 to 5 percent counts as good, and an ROI above
    /// 300 percent.
    /// </summary>
    public static readonly ImmutableArray<BenchmarkItem> DefaultBenchmarks =
        [new("engagementRate", 0.03m), new("roiPercent", 300)];

    /// <summary>The ratios that can have a benchmark.</summary>
    public static readonly IReadOnlyCollection<string> SupportedRatios =
    [
        "roiPercent", "marginRoiPercent", "roas", "cpa", "cpc", "cpe", "cpm", "epc", "aov", "conversionRate", "visitorConversionRate",
        "engagementRate",
    ];

    /// <summary>Returns the tiers and benchmarks of a brand.</summary>
    public static CreatorBenchmarks FromBrand(BrandItem brand) => new(
        brand.Tiers is { } tiers ? [.. tiers] : DefaultTiers,
        brand.Benchmarks is { } benchmarks ? [.. benchmarks] : DefaultBenchmarks);

    /// <summary>
    /// Returns the account that determines a creator's tier: the one with the most known followers, otherwise the first
    /// one. Null if there are no accounts.
    /// </summary>
    public static HandleItem? PrimaryHandle(CreatorItem? creator) =>
        creator?.Handles?.MaxBy(handle => handle.Followers ?? -1);

    /// <summary>
    /// Returns the tier for a number of followers; null if the number is unknown or below the lowest tier.
    /// </summary>
    public string? TierOf(long? followers) => Tiers.LastOrDefault(tier => tier.FromFollowers <= followers)?.Name;

    /// <summary>
    /// Returns the benchmarks that are met and those that are missed. A ratio without a value is in neither list.
    /// </summary>
    /// <param name="tier">The creator's tier; null if unknown.</param>
    /// <param name="platform">The platform; null if unknown.</param>
    /// <param name="valueOf">Returns a ratio by its name; null if it has no value.</param>
    public (IReadOnlyList<string> Meets, IReadOnlyList<string> Misses) Evaluate(
        string? tier, string? platform, Func<string, decimal?> valueOf)
    {
        var results = Benchmarks.Select(benchmark => benchmark.Measure).Distinct()
            .ToLookup(measure => valueOf(measure) is { } value ? MeetsBenchmark(measure, tier, platform, value) : null);
        return ([.. results[true]], [.. results[false]]);
    }

    /// <summary>
    /// Returns true if a ratio is good for a tier on a platform. The most specific benchmark decides: the one for this
    /// tier and platform, else for the tier, else for the platform, else for all. Null if there is none. Platforms are
    /// compared case-insensitively.
    /// </summary>
    public bool? MeetsBenchmark(string measure, string? tier, string? platform, decimal value)
    {
        var benchmark = Benchmarks
            .Where(candidate => candidate.Measure == measure && (candidate.Tier is null || candidate.Tier == tier)
                && (candidate.Platform is null || string.Equals(candidate.Platform, platform, StringComparison.OrdinalIgnoreCase)))
            .MaxBy(candidate => (candidate.Tier is null ? 0 : 2) + (candidate.Platform is null ? 0 : 1));
        return benchmark is null ? null
            : measure.StartsWith("cp", StringComparison.Ordinal) ? value <= benchmark.Good
            : value >= benchmark.Good;
    }
}
