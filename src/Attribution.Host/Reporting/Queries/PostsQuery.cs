using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Host.Reporting.Queries.Values;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The query for posts: engagement, cost and benchmarks of each.</summary>
internal static class PostsQuery
{
    /// <summary>Reads a page of the posts that links of the catalog name, ordered by post id.</summary>
    public static async Task<PostsAnswer> RunAsync(
        QueryScope scope, PageRequest page, CatalogSnapshot catalog, IJourneyStore store,
        CancellationToken cancellation)
    {
        var brand = scope.Brand;
        var benchmarks = CreatorBenchmarks.FromBrand(
            (BrandItem)catalog.Contents.Items[new(CatalogKind.Brands, brand.Id)]);
        var posts = FindLinks(scope, catalog).Where(post => string.CompareOrdinal(post.Key, page.After) > 0)
            .OrderBy(post => post.Key, StringComparer.Ordinal)
            .Take(page.Limit + 1).Select(post => post.MinBy(link => link.Id, StringComparer.Ordinal)!).ToList();
        var links = posts.Take(page.Limit).ToList();
        var load = await store.LoadJourneysAsync(
            [], [.. links.Select(link => new AliasKey(brand.Id, IdentityRules.PostAlias(link.PostId!)))], cancellation);
        var costs = catalog.Items<CostItem>()
            .Where(cost => cost.PostId is not null && catalog.FindCampaign(cost.CampaignId)?.Brand == brand.Id)
            .ToLookup(cost => cost.PostId!, StringComparer.Ordinal);
        return new(
            [.. links.Select(CreateRow)],
            posts.Count > page.Limit ? PageRequest.EncodeCursor(links[^1].PostId!) : null);

        PostRow CreateRow(LinkItem link)
        {
            var journey = load.Aliases.TryGetValue(new(brand.Id, IdentityRules.PostAlias(link.PostId!)), out var id)
                ? load.Journeys[id].Journey
                : null;
            var paid = costs[link.PostId!].ToList();
            var figures = RollupFigures.FromCell(
                SumMeasures(journey, paid, scope, catalog), Model.Book, RollupView.Cohort);
            var engagement = RollupEngagement.FromFigures(figures, brand.Currency);
            if (paid.Count == 0) engagement = engagement with { Cpe = null, Cpm = null };
            var creator = catalog.Contents.Items.GetValueOrDefault(
                new(CatalogKind.Creators, link.CreatorId)) as CreatorItem;
            var tier = benchmarks.TierOf(CreatorBenchmarks.PrimaryHandle(creator)?.Followers);
            var (meets, misses) = benchmarks.Evaluate(tier, link.Platform, name => GetRatio(engagement, name)?.Value);
            return new(
                link.PostId!, link.Platform, link.CampaignId, link.CreatorId, tier, engagement, brand.Currency.Code,
                paid.Count == 0 ? null : new Money(figures.Cost, brand.Currency), meets, misses, figures.Incomplete);
        }
    }

    private static IEnumerable<IGrouping<string, LinkItem>> FindLinks(QueryScope scope, CatalogSnapshot catalog) =>
        catalog.Items<LinkItem>().Where(link => link.PostId is not null && catalog.FindCampaign(link.CampaignId)?.Brand == scope.Brand.Id
            && (scope.Campaign ?? link.CampaignId) == link.CampaignId
            && (scope.Creator ?? link.CreatorId) == link.CreatorId)
        .GroupBy(link => link.PostId!, StringComparer.Ordinal);

    private static Ratio? GetRatio(RollupEngagement engagement, string name) => name switch
    {
        "engagementRate" => engagement.EngagementRate,
        "cpe" => engagement.Cpe,
        "cpm" => engagement.Cpm,
        _ => null,
    };

    private static MeasureCell SumMeasures(
        Journey? journey, List<CostItem> paid, QueryScope scope, CatalogSnapshot catalog)
    {
        var cell = new MeasureCell();
        foreach (var day in journey?.PostDays ?? [])
            for (var i = 0; i < day.Growth.Length && IsRequested(day.Day); i++)
                cell[Measure.Impressions + i] += day.Growth[i];
        foreach (var (key, cost) in CostMeasures.Calculate(catalog, paid).Cells)
            if (key.Brand == scope.Brand.Id && !key.IsUnmatched && IsRequested(key.Day))
                cell.Add(cost);
        return cell;

        bool IsRequested(DateOnly day) => day >= scope.From && day <= scope.To;
    }
}

/// <summary>A page of posts.</summary>
/// <param name="Rows">Posts by id.</param>
/// <param name="Cursor">Cursor of the next page; null on the last page.</param>
internal sealed record PostsAnswer(IReadOnlyList<PostRow> Rows, string? Cursor);

/// <summary>A post.</summary>
/// <param name="PostId">Id of the post.</param>
/// <param name="Platform">Platform named by the link of the post.</param>
/// <param name="CampaignId">Campaign of the link; if there are several links, of the one with the lowest id.</param>
/// <param name="CreatorId">Creator of the link.</param>
/// <param name="Tier">Tier of the creator; null if the creator has none.</param>
/// <param name="Engagement">Growth of the counters, and the ratios computed from it.</param>
/// <param name="Currency">Currency of the brand.</param>
/// <param name="Cost">Sum of the costs that name the post; null if none does.</param>
/// <param name="Meets">Benchmarks that the post meets.</param>
/// <param name="Misses">Benchmarks that the post misses.</param>
/// <param name="Incomplete">True if costs of the post wait for an exchange rate.</param>
internal sealed record PostRow(
    string PostId, string? Platform, string CampaignId, string CreatorId, string? Tier, RollupEngagement Engagement,
    string Currency, Money? Cost,
    IReadOnlyList<string> Meets, IReadOnlyList<string> Misses, bool Incomplete);
