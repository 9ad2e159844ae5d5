using System.Collections.Immutable;
using Attribution.Contracts.Catalog;

namespace Attribution.Core.Catalog;

/// <summary>What a brand measures its creators by: tiers by followers, and from where on a ratio is good.</summary>
/// <param name="Tiers">The smaller first.</param>
/// <param name="Benchmarks">In the brand's order.</param>
public sealed record Standing(ImmutableArray<CreatorTierItem> Tiers, ImmutableArray<BenchmarkItem> Benchmarks)
{
    /// <summary>Tiers where a brand says nothing. Sources disagree about them.</summary>
    public static readonly ImmutableArray<CreatorTierItem> DefaultTiers =
        [new("nano", 1_000), new("micro", 10_000), new("mid", 50_000), new("macro", 500_000), new("mega", 1_000_000)];

    /// <summary>Benchmarks where a brand says nothing: engagement rates of 3 to 5 percent count as good, and an ROI above 300 percent.</summary>
    public static readonly ImmutableArray<BenchmarkItem> DefaultBenchmarks = [new("engagementRate", 0.03m), new("roiPercent", 300)];

    /// <summary>The ratios that can have a benchmark.</summary>
    public static readonly IReadOnlyCollection<string> Measures =
        ["roiPercent", "marginRoiPercent", "roas", "cpa", "cpc", "cpe", "cpm", "epc", "aov", "conversionRate", "engagementRate"];

    /// <summary>A brand's.</summary>
    public static Standing Of(BrandItem brand) => new(
        brand.Tiers is { } tiers ? [.. tiers] : DefaultTiers, brand.Benchmarks is { } benchmarks ? [.. benchmarks] : DefaultBenchmarks);

    /// <summary>The followers of a creator on the platform where there are most; null where none are known.</summary>
    public static long? FollowersOf(CreatorItem creator) => creator.Handles?.Max(handle => handle.Followers);

    /// <summary>The tier of so many followers; null where they are not known, or fewer than the least tier's.</summary>
    public string? TierOf(long? followers) => Tiers.LastOrDefault(tier => tier.FromFollowers <= followers)?.Name;

    /// <summary>The benchmarks that are met and those that are not; without a value a ratio is in neither.</summary>
    /// <param name="tier">The tier that is judged for; null: none.</param>
    /// <param name="valueOf">A ratio by its name; null where there is none.</param>
    public (IReadOnlyList<string> Meets, IReadOnlyList<string> Misses) Judge(string? tier, Func<string, decimal?> valueOf)
    {
        var judged = Benchmarks.Select(benchmark => benchmark.Measure).Distinct()
            .Select(measure => (Measure: measure, Good: valueOf(measure) is { } value ? IsGood(measure, tier, value) : null)).ToList();
        return ([.. judged.Where(each => each.Good == true).Select(each => each.Measure)], [.. judged.Where(each => each.Good == false).Select(each => each.Measure)]);
    }

    /// <summary>Whether a ratio is good for a tier; null where there is no benchmark for it.</summary>
    public bool? IsGood(string measure, string? tier, decimal value)
    {
        var benchmark = Benchmarks.FirstOrDefault(each => each.Measure == measure && each.Tier is not null && each.Tier == tier)
            ?? Benchmarks.FirstOrDefault(each => each.Measure == measure && each.Tier is null);
        return benchmark is null ? null : measure.StartsWith("cp", StringComparison.Ordinal) ? value <= benchmark.Good : value >= benchmark.Good;
    }
}
