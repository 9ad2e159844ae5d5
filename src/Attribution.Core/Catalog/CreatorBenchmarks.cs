using System.Collections.Immutable;
using Attribution.Contracts.Catalog;

namespace Attribution.Core.Catalog;

/// <summary>What a brand measures its creators by: tiers by followers, and from where on a ratio is good.</summary>
/// <param name="Tiers">The smaller first.</param>
/// <param name="Benchmarks">In the brand's order.</param>
public sealed record CreatorBenchmarks(ImmutableArray<CreatorTierItem> Tiers, ImmutableArray<BenchmarkItem> Benchmarks)
{
    /// <summary>Tiers where a brand says nothing. Sources disagree about them.</summary>
    public static readonly ImmutableArray<CreatorTierItem> DefaultTiers =
        [new("nano", 1_000), new("micro", 10_000), new("mid", 50_000), new("macro", 500_000), new("mega", 1_000_000)];

    /// <summary>Benchmarks where a brand says nothing: engagement rates of 3 to 5 percent count as good, and an ROI above 300 percent.</summary>
    public static readonly ImmutableArray<BenchmarkItem> DefaultBenchmarks = [new("engagementRate", 0.03m), new("roiPercent", 300)];

    /// <summary>The ratios that can have a benchmark.</summary>
    public static readonly IReadOnlyCollection<string> SupportedRatios =
        ["roiPercent", "marginRoiPercent", "roas", "cpa", "cpc", "cpe", "cpm", "epc", "aov", "conversionRate", "engagementRate"];

    /// <summary>A brand's.</summary>
    public static CreatorBenchmarks FromBrand(BrandItem brand) => new(
        brand.Tiers is { } tiers ? [.. tiers] : DefaultTiers, brand.Benchmarks is { } benchmarks ? [.. benchmarks] : DefaultBenchmarks);

    /// <summary>The account that a creator is judged by: of those whose followers are known the one with most, else the first; null without any.</summary>
    public static HandleItem? PrimaryHandle(CreatorItem? creator) => creator?.Handles?.MaxBy(handle => handle.Followers ?? -1);

    /// <summary>The tier of so many followers; null where they are not known, or fewer than the least tier's.</summary>
    public string? TierOf(long? followers) => Tiers.LastOrDefault(tier => tier.FromFollowers <= followers)?.Name;

    /// <summary>The benchmarks that are met and those that are not; without a value a ratio is in neither.</summary>
    /// <param name="tier">The tier that is judged for; null: none.</param>
    /// <param name="platform">The platform that is judged for; null: none.</param>
    /// <param name="valueOf">A ratio by its name; null where there is none.</param>
    public (IReadOnlyList<string> Meets, IReadOnlyList<string> Misses) Evaluate(string? tier, string? platform, Func<string, decimal?> valueOf)
    {
        var judged = Benchmarks.Select(benchmark => benchmark.Measure).Distinct()
            .Select(measure => (Measure: measure, Good: valueOf(measure) is { } value ? MeetsBenchmark(measure, tier, platform, value) : null)).ToList();
        return ([.. judged.Where(each => each.Good == true).Select(each => each.Measure)], [.. judged.Where(each => each.Good == false).Select(each => each.Measure)]);
    }

    /// <summary>
    /// Whether a ratio is good for a tier on a platform, by the benchmark that says most of both: the one for this tier and platform, else for the tier, else
    /// for the platform, else for all; null where there is none. Platforms are compared without regard to case.
    /// </summary>
    public bool? MeetsBenchmark(string measure, string? tier, string? platform, decimal value)
    {
        var benchmark = Benchmarks
            .Where(each => each.Measure == measure && (each.Tier is null || each.Tier == tier)
                && (each.Platform is null || string.Equals(each.Platform, platform, StringComparison.OrdinalIgnoreCase)))
            .MaxBy(each => (each.Tier is null ? 0 : 2) + (each.Platform is null ? 0 : 1));
        return benchmark is null ? null : measure.StartsWith("cp", StringComparison.Ordinal) ? value <= benchmark.Good : value >= benchmark.Good;
    }
}
