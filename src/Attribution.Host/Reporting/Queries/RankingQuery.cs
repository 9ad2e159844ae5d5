using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Statistics;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Host.Reporting.Queries.Values;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The query that ranks creators by ROI, each compared with creators of the same tier.</summary>
internal static class RankingQuery
{
    /// <summary>Ranks the creators of a query, regardless of its grouping. A query of all models is rejected.</summary>
    public static async Task<QueryResult<RankingAnswer>> RunAsync(
        RollupQuery requested, IRollupStore store, CancellationToken cancellation)
    {
        if (requested.AllModels) return QueryProblem.BadParameter("model", "A ranking needs a single model");
        var query = requested with { GroupBy = new(Day: false, Campaign: false, Creator: true), Creator = null };
        var groups = new RollupAggregation(query, await RollupReader.ReadAsync(query, store, cancellation));
        var benchmarks = CreatorBenchmarks.FromBrand(
            (BrandItem)query.Catalog.Contents.Items[new(CatalogKind.Brands, query.Brand.Id)]);
        var creators = new List<(RollupGroupResult Group, HandleItem? Handle, string? Tier)>();
        await foreach (var group in groups.ReadResultsAsync(cancellation))
        {
            if (group.Key is not { Attributed: true, Creator: { } id }) continue;
            var handle = CreatorBenchmarks.PrimaryHandle(
                query.Catalog.Contents.Items.GetValueOrDefault(new(CatalogKind.Creators, id)) as CreatorItem);
            creators.Add((group, handle, benchmarks.TierOf(handle?.Followers)));
        }

        var names = benchmarks.Tiers.Select(tier => tier.Name).ToList();
        var tiers = creators.GroupBy(creator => creator.Tier)
            .OrderBy(tier => tier.Key is null ? int.MaxValue : names.IndexOf(tier.Key))
            .Select(tier => (Name: tier.Key, Creators: tier.Count(),
                Sum: SumGroups(tier.Select(creator => creator.Group)))).ToList();
        var rows = new List<RankedCreator>();
        foreach (var (group, handle, tier) in creators)
        {
            var (own, mean) = (Figures(group), Figures(tiers.Single(other => other.Name == tier).Sum));
            var row = Row(group);
            var (meets, misses) = benchmarks.Evaluate(tier, handle?.Platform, row.GetRatio);
            var ranked = Ratio.FromNullable(
                Shrinkage.RoiPercent(
                    (decimal)own.Net, (decimal)own.Cost, (decimal)mean.Net, (decimal)mean.Cost, mean.ConversionMicros));
            rows.Add(new(tier, handle?.Platform, handle?.Followers, ranked, meets, misses, row));
        }

        return new RankingAnswer(
            [
                .. rows.OrderBy(row => row.RankedRoiPercent is null)
                    .ThenByDescending(row => row.RankedRoiPercent?.Value)
                    .ThenBy(row => row.Row.CreatorId, StringComparer.Ordinal),
            ],
            [.. tiers.Select(tier => new RankedTier(tier.Name, MinFollowers(tier.Name), tier.Creators, Row(tier.Sum)))],
            benchmarks.Benchmarks);

        long? MinFollowers(string? name) => benchmarks.Tiers.FirstOrDefault(tier => tier.Name == name)?.FromFollowers;

        RollupFigures Figures(RollupGroupResult group) => RollupFigures.FromCell(group.Cell, group.Model, query.View);

        RollupRow Row(RollupGroupResult group) => RollupRow.FromGroup(query, group, groups.ClosedThrough);
    }

    private static RollupGroupResult SumGroups(IEnumerable<RollupGroupResult> members)
    {
        var (cell, amount, hasMargin, model) = (new MeasureCell(), 0m, true, default(Model));
        foreach (var member in members)
        {
            cell.Add(member.Cell);
            amount += member.Earnings.Amount;
            hasMargin &= member.Earnings.HasMargin;
            model = member.Model;
        }
        return new(new(null, null, null, Attributed: true), model, cell, new(amount, hasMargin, PaybackDay: null));
    }
}

/// <summary>A ranking of creators.</summary>
/// <param name="Rows">Creators by ranked ROI, highest first; creators without one come last.</param>
/// <param name="Tiers">
/// Tiers of the creators, smallest first; the last one, without a name, contains creators without a tier.
/// </param>
/// <param name="Benchmarks">Benchmarks of the brand.</param>
internal sealed record RankingAnswer(
    IReadOnlyList<RankedCreator> Rows, IReadOnlyList<RankedTier> Tiers, IReadOnlyList<BenchmarkItem> Benchmarks);

/// <summary>A creator in a ranking.</summary>
/// <param name="Tier">
/// Tier of the creator; null if the number of followers is unknown or below the smallest tier.
/// </param>
/// <param name="Platform">Platform on which the creator has most followers; null if no account is known.</param>
/// <param name="Followers">Number of followers on that platform.</param>
/// <param name="RankedRoiPercent">
/// ROI of the creator drawn towards the ROI of the tier; null if the creator had no cost, or the tier has no
/// conversions.
/// </param>
/// <param name="Meets">Benchmarks that the creator meets.</param>
/// <param name="Misses">Benchmarks that the creator misses; benchmarks without a value are in neither list.</param>
/// <param name="Row">The creator's row of the rollups.</param>
internal sealed record RankedCreator(
    string? Tier, string? Platform, long? Followers, Ratio? RankedRoiPercent, IReadOnlyList<string> Meets,
    IReadOnlyList<string> Misses, RollupRow Row);

/// <summary>A tier of creators.</summary>
/// <param name="Name">Name of the tier; null for creators without a tier.</param>
/// <param name="FromFollowers">Minimum number of followers.</param>
/// <param name="Creators">Number of creators of the tier that have a row.</param>
/// <param name="Row">Sum of their rows.</param>
internal sealed record RankedTier(string? Name, long? FromFollowers, int Creators, RollupRow Row);
