using System.ComponentModel;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Identity;
using Attribution.Core.Models;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Reporting.Api;

/// <summary><c>GET /v1/posts</c>: what each post was shown and liked, and what that cost.</summary>
internal static class PostsEndpoint
{
    public static void MapPosts(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/posts", async (
                [Description("Needed. First local day, inside: 2026-03-01.")] string? from,
                [Description("Needed. Last local day, inside.")] string? to,
                [Description("The brand; default when absent.")] string? brand,
                [Description("Posts of this campaign only.")] string? campaign,
                [Description("Posts of this creator only.")] string? creator,
                [Description("Most posts of a page, 1 to 1000; 100 when absent.")] string? limit,
                [Description("The cursor that the page before answered.")] string? cursor,
                [Description("json or csv (whole, without limit and cursor); by the header Accept when absent, else json.")] string? format,
                HttpContext http, CatalogCache source, IJourneyStore store, CancellationToken cancellation) =>
            {
                var catalog = await source.RefreshAsync(cancellation);
                var (scope, fault) = QueryScope.Parse(http.Request.Query, catalog);
                if (scope is null) return fault!;
                if (!CsvFormat.TryReadFormat(http.Request, out var csv, out fault) || !QueryParameters.TryReadLimit(limit, out var most, out fault) || !QueryParameters.TryReadCursor(cursor, out var after, out fault)) return fault;
                if (csv)
                    return limit is not null || cursor is not null ? QueryParameters.PagingNotAllowed(limit)
                        : await CsvTable.WriteAsync(http.Response, $"posts-{scope.From:O}-{scope.To:O}.csv", (await AnswerAsync(scope, int.MaxValue - 1, after, catalog, store, cancellation)).Rows, cancellation);
                return Results.Json(await AnswerAsync(scope, most, after, catalog, store, cancellation), ReportJson.Options);
            })
            .AllowQueryParameters("from", "to", "brand", "campaign", "creator", "limit", "cursor", "format")
            .WithTags("Report").WithName("ListPosts").WithSummary("Posts by what their counters grew by on the days asked for, with the benchmarks they meet or miss.")
            .WithDescription("The posts that links of the catalog name (postId), by id. Their cost is that of costs with the same postId; without any, cpe and cpm are null, since a fee of several posts is no post's own.")
            .Produces<PostsAnswer>(StatusCodes.Status200OK, "application/json", "text/csv").ProducesProblem(StatusCodes.Status400BadRequest);

    /// <summary>A page of the answer.</summary>
    public static async Task<PostsAnswer> AnswerAsync(QueryScope scope, int limit, string after, CatalogSnapshot catalog, IJourneyStore store, CancellationToken cancellation)
    {
        var (brand, standing) = (scope.Brand, CreatorBenchmarks.FromBrand((BrandItem)catalog.Contents.Items[new(CatalogKind.Brands, scope.Brand.Id)]));
        var links = catalog.Items<LinkItem>()
            .Where(link => link.PostId is not null && catalog.FindCampaign(link.CampaignId)?.Brand == brand.Id
                && (scope.Campaign ?? link.CampaignId) == link.CampaignId && (scope.Creator ?? link.CreatorId) == link.CreatorId)
            .GroupBy(link => link.PostId!, StringComparer.Ordinal).Where(post => string.CompareOrdinal(post.Key, after) > 0)
            .OrderBy(post => post.Key, StringComparer.Ordinal).Take(limit + 1).Select(post => post.MinBy(link => link.Id, StringComparer.Ordinal)!).ToList();
        var page = links.Take(limit).ToList();
        var load = await store.LoadJourneysAsync([], [.. page.Select(link => new AliasKey(brand.Id, IdentityRules.PostAlias(link.PostId!)))], cancellation);
        var costs = catalog.Items<CostItem>().Where(cost => cost.PostId is not null && catalog.FindCampaign(cost.CampaignId)?.Brand == brand.Id).ToLookup(cost => cost.PostId!, StringComparer.Ordinal);
        return new([.. page.Select(Row)], links.Count > limit ? QueryParameters.EncodeCursor(page[^1].PostId!) : null);

        PostRow Row(LinkItem link)
        {
            var cell = new MeasureCell();
            if (load.Aliases.TryGetValue(new(brand.Id, IdentityRules.PostAlias(link.PostId!)), out var id))
                foreach (var day in load.Journeys[id].Journey.PostDays.Where(day => IsAsked(day.Day)))
                    for (var i = 0; i < day.Growth.Length; i++)
                        cell[Measure.Impressions + i] += day.Growth[i];
            var paid = costs[link.PostId!].ToList();
            foreach (var (key, cost) in CostMeasures.Calculate(catalog, paid).Cells)
                if (key.Brand == brand.Id && !key.IsUnmatched && IsAsked(key.Day))
                    cell.Add(cost);

            var figures = RollupFigures.FromCell(cell, Model.Book, RollupView.Cohort);
            var engagement = RollupEngagement.FromFigures(figures, brand.Currency);
            if (paid.Count == 0) engagement = engagement with { Cpe = null, Cpm = null };
            var tier = standing.TierOf(CreatorBenchmarks.PrimaryHandle(catalog.Contents.Items.GetValueOrDefault(new(CatalogKind.Creators, link.CreatorId)) as CreatorItem)?.Followers);
            var (meets, misses) = standing.Evaluate(tier, link.Platform, ratio => RollupRow.ParseRatio(ratio switch { "engagementRate" => engagement.EngagementRate, "cpe" => engagement.Cpe, "cpm" => engagement.Cpm, _ => null }));
            return new(
                link.PostId!, link.Platform, link.CampaignId, link.CreatorId, tier, engagement, brand.Currency.Code, paid.Count == 0 ? null : brand.Currency.Format(figures.Cost), meets, misses,
                figures.Incomplete);
        }

        bool IsAsked(DateOnly day) => day >= scope.From && day <= scope.To;
    }
}

/// <summary>A page of posts.</summary>
/// <param name="Rows">By id.</param>
/// <param name="Cursor">Begins the next page; null at the end.</param>
internal sealed record PostsAnswer(IReadOnlyList<PostRow> Rows, string? Cursor);

/// <summary>A post.</summary>
/// <param name="PostId">Its id.</param>
/// <param name="Platform">Where it is posted, by its link.</param>
/// <param name="CampaignId">The campaign of its link; of several the one of the least id.</param>
/// <param name="CreatorId">The creator of its link.</param>
/// <param name="Tier">The creator's tier; null where there is none.</param>
/// <param name="Engagement">What its counters grew by, and the ratios of it.</param>
/// <param name="Currency">The brand's.</param>
/// <param name="Cost">Costs that name the post; null where none does.</param>
/// <param name="Meets">Benchmarks that it meets.</param>
/// <param name="Misses">Benchmarks that it does not meet.</param>
/// <param name="Incomplete">True when costs of it wait for an exchange rate.</param>
internal sealed record PostRow(
    string PostId, string? Platform, string CampaignId, string CreatorId, string? Tier, RollupEngagement Engagement, string Currency, string? Cost,
    IReadOnlyList<string> Meets, IReadOnlyList<string> Misses, bool Incomplete);
