using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Models;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Jobs;
using Attribution.Host.Messaging;
using Attribution.Host.Observability;
using Attribution.Host.Reporting.Api;
using Attribution.Host.Reporting.Pages.Forms;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Payouts;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Access;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.Storage.Ledger;
using Attribution.Storage.Rejections;
using Attribution.Storage.Rollups;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Reporting.Pages;

/// <summary>
/// The analysts' page. Every address renders one component over answers of the API, so that no page can show a number that the API does
/// not give; all of a page's state stands in its address. Rendered here, complete without script.
/// </summary>
internal static class PageEndpoints
{
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents();
        // Before the one that writes JSON, which writes to whoever accepts anything.
        services.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, PageProblemWriter>());
        return services.AddScoped<PageModel>();
    }

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        routes.MapPage<OverviewPage>("/", OverviewAsync);
        routes.MapPage<CreatorsPage>("/creators", async page => await CreatorListModel.ReadAsync(page), CreatorListModel.Parameters);
        routes.MapPage<CreatorsPage>("/creators.csv", CreatorListModel.DownloadAsync, CreatorListModel.Parameters);
        routes.MapPage<CreatorPage>("/creators/{id}", async page => await ReadDetailAsync(page, page.GetRouteValue("id")!, null));
        routes.MapPage<CreatorReportPage>("/creators/{id}/report", async page => await ReadDetailAsync(page, page.GetRouteValue("id")!, null, MaxPrintedOrders));
        routes.MapPage<RankingPage>("/ranking", async page => Answer(await RankingQuery.RunAsync(page.Scope.Query, page.GetService<IRollupStore>(), page.Cancellation)));
        routes.MapPage<ComparisonPage>("/compare", CompareAsync, "a", "b");
        routes.MapPage<PayoutStatementPage>("/creators/{id}/statements/{month}", async page => Answer(await PayoutStatementQueries.FindAsync(
            page.GetRouteValue("id"), page.GetRouteValue("month"), page.Scope.Brand.Id, page.Scope.Catalog, page.GetService<PayoutStatementService>(), page.Cancellation)));
        routes.MapPage<PayoutStatementsPage>("/statements", async page => Answer(await PayoutStatementQueries.ListAsync(
            page.Scope.GetParameter("month") ?? CalendarMonth.TextOf(page.Scope.Today.AddMonths(-1)), page.Scope.Brand.Id, page.Scope.Catalog,
            page.GetService<PayoutStatementService>(), page.Cancellation)), "month");
        routes.MapPage<CampaignsPage>("/campaigns", async page => await page.ReadRollupsAsync(page.Scope.Query with { GroupBy = ByCampaign }));
        routes.MapPage<CampaignPage>("/campaigns/{id}", ReadCampaignAsync);
        routes.MapPage<OrdersPage>("/orders", SearchAsync, "order", "visitor", "customer");
        routes.MapPage<OrderPage>("/orders/{id}", async page => Answer(await ConversionQuery.RunAsync(
            RawRoute.DecodeLastSegment(page.Http), page.Scope.Brand.Id, page.Scope.Catalog, page.GetService<ICatalogStore>(), page.GetService<IJourneyStore>(), page.GetService<ILedgerStore>(),
            page.Cancellation)));
        routes.MapPage<RestatementsPage>("/restatements", RestatementsAsync, "cursor");
        routes.MapPage<QualityPage>("/quality", QualityAsync, "assigned", "replayed", "refused");
        routes.MapForm<QualityPage>("/quality/replay", KeyScopes.Edit, ReplayAsync);
        routes.MapCatalogForms();
        routes.MapWhatIfForm();
        routes.MapSettings();
        routes.MapSignIn();
        PageAssets.Map(routes);
    }

    private const int MaxPosts = 50;
    private const int MaxOrders = 50;
    private const int MaxRejections = 20;
    private const int MaxPrintedOrders = 500;
    private static readonly RollupGrouping Total = new(Day: false, Campaign: false, Creator: false);
    private static readonly RollupGrouping ByDay = new(Day: true, Campaign: false, Creator: false);
    private static readonly RollupGrouping ByCreator = new(Day: false, Campaign: false, Creator: true);
    private static readonly RollupGrouping ByCampaign = new(Day: false, Campaign: true, Creator: false);

    private static object Answer<T>(QueryResult<T> result) where T : class => (object?)result.Value ?? result.Problem!;

    private static async Task<object> CompareAsync(PageContext page)
    {
        var (a, b) = (page.Scope.GetParameter("a"), page.Scope.GetParameter("b"));
        if (a is null && b is null) return new object();
        return Answer(await ComparisonQuery.RunAsync(page.Scope.Query, a, b, page.GetService<IRollupStore>(), page.GetService<IJourneyStore>(), page.Cancellation));
    }

    private static async Task<object> ReadCampaignAsync(PageContext page)
    {
        if (await ReadDetailAsync(page, null, page.GetRouteValue("id")!) is var answer && answer is not DetailModel detail) return answer;
        var budget = await BudgetQuery.ComputeAsync(page.Scope.Brand, detail.Id, page.Scope.Today, page.Scope.Catalog, page.GetService<IRollupStore>(), page.Cancellation);
        return detail with { Budget = budget };
    }

    private static async Task<object> RestatementsAsync(PageContext page)
    {
        if (!PageRequest.Parse(null, page.Scope.GetParameter("cursor")).TryGet(out var request, out var problem)) return problem;
        var scope = new QueryScope(page.Scope.Brand, page.Scope.Query.From, page.Scope.Query.To, null, null);
        return Answer(await RestatementsQuery.RunAsync(scope, page.Scope.ViewName, request, page.GetService<ILedgerStore>(), page.Cancellation));
    }

    private static async Task<object> OverviewAsync(PageContext page)
    {
        var query = page.Scope.Query;
        var goals = GoalProgress.ForScope(page.Scope);
        var answers = await page.ReadRollupsAsync(
        [
            query with { GroupBy = Total }, page.Scope.PreviousPeriod with { GroupBy = Total }, query with { GroupBy = ByDay }, query with { GroupBy = ByCreator }, query with { GroupBy = ByCampaign },
            .. goals.Select(goal => goal.Query),
        ]);
        return new OverviewModel(answers[0], answers[1], answers[2], answers[3], answers[4], [.. goals.Zip(answers.Skip(5), (goal, answer) => new GoalProgress(goal.Campaign, goal.Query, answer))]);
    }

    /// <summary>A creator, or a campaign: the whole, the days, the other half of its placements, and every model side by side.</summary>
    private static async Task<object> ReadDetailAsync(PageContext page, string? creator, string? campaign, int orders = MaxOrders)
    {
        if (creator is not null && !page.Scope.Catalog.HasCreator(creator)) return QueryProblem.NotFound($"There is no creator '{creator}'");
        if (campaign is not null && page.Scope.Catalog.FindCampaign(campaign)?.Brand != page.Scope.Brand.Id) return QueryProblem.NotFound($"The brand '{page.Scope.Brand.Id}' has no campaign '{campaign}'");
        var query = page.Scope.Query with { Creator = creator, Campaign = campaign };
        var models = query with { GroupBy = Total, AllModels = true, Models = [.. ModelNames.Served.OrderBy(ModelNames.NameOf, StringComparer.Ordinal)] };
        var parts = creator is null ? ByCreator : ByCampaign;
        var goals = campaign is not null && page.Scope.FindItem<CampaignItem>(CatalogKind.Campaigns, campaign) is { Goals.Count: > 0 } item && GoalProgress.CreateQuery(page.Scope, item) is { } of ? (Item: item, Query: of) : default;
        var answers = await page.ReadRollupsAsync(
        [
            query with { GroupBy = Total }, query with { GroupBy = ByDay }, query with { GroupBy = parts }, models, models with { GroupBy = parts },
            .. goals.Query is null ? Array.Empty<RollupQuery>() : [goals.Query],
        ]);
        var sums = await page.GetService<ILedgerStore>().SumByConversionAsync(query.Brand.Id, query.From, query.To, campaign, creator, page.Cancellation);
        var latest = ConversionListQuery.FromSums(query.Brand, sums, new(orders, "")).Value!;
        return new DetailModel(creator ?? campaign!, answers[0], answers[1], answers[2], answers[3], answers[4], latest)
        {
            Goals = goals.Query is null ? null : new(goals.Item, goals.Query, answers[5]),
            Posts = await PostsQuery.RunAsync(
                new(query.Brand, query.From, query.To, campaign, creator), new(MaxPosts, ""), query.Catalog, page.GetService<IJourneyStore>(), page.Cancellation),
            Roi = await RoiQuery.RunAsync(query, sums, page.GetService<IRollupStore>(), page.Cancellation),
        };
    }

    /// <summary>An order leads to its page, a person to what is known of her.</summary>
    private static async Task<object> SearchAsync(PageContext page)
    {
        var (order, visitor, customer) = (page.Scope.GetParameter("order"), page.Scope.GetParameter("visitor"), page.Scope.GetParameter("customer"));
        if (order is not null) return new PageRedirect(page.Scope.LinkTo($"/orders/{Uri.EscapeDataString(order)}"));
        if (visitor is null && customer is null) return new object();
        return Answer(await JourneyQuery.RunAsync(
            new(visitor, customer, null), page.Scope.Brand.Id, page.Scope.Catalog, page.GetService<IJourneyStore>(), page.GetService<CustomerKeyHasher>(), page.Cancellation));
    }

    private static async Task<object> ReplayAsync(PageContext page, IFormCollection form)
    {
        if (page.Http.RequestServices.GetService<ReplayRejections>() is not { } replayer)
            return new QueryProblem(StatusCodes.Status404NotFound, "Not here", "The process with the role ingest replays: POST /v1/rejections/replay there");
        var ids = form["id"].Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).ToList();
        if (await replayer(ids, Caller.FromContext(page.Http).OnlyBrand, page.Cancellation) is not { } done)
            return new QueryProblem(StatusCodes.Status503ServiceUnavailable, "Not now", "Not all could be kept. Replay again, which is safe.");
        return new PageRedirect(page.Scope.LinkTo("/quality", ("replayed", $"{done.Replayed}"), ("refused", $"{done.Refused}")));
    }

    private static async Task<object> QualityAsync(PageContext page)
    {
        var (rollups, brand) = (page.GetService<IRollupStore>(), page.Scope.Brand.Id);
        // The messages are counted before the catalog is read, so that none is missed.
        var messages = QualityQuery.CountMessages(page.GetService<IOptions<BusOptions>>().Value, page.Http.RequestServices.GetService<SpoolDepth>());
        var catalog = await page.GetService<CatalogCache>().RefreshAsync(page.Cancellation);
        var quality = await QualityQuery.RunAsync(brand, messages, catalog, page.GetService<IJourneyStore>(), rollups, page.Cancellation);
        var unmatched = await UnmatchedQuery.RunAsync(brand, null, PageRequest.First, catalog, rollups, page.Cancellation);
        var rejected = await RejectionsQuery.RunAsync(new(brand, Resolved: false), new(MaxRejections, ""), page.GetService<IRejectionStore>(), page.Cancellation);
        var touches = await page.ReadRollupsAsync(page.Scope.Query with { GroupBy = Total });
        return new DataQualityModel(quality.Value!, unmatched.Value!, rejected.Value!, touches);
    }
}

/// <summary>What the first page shows.</summary>
internal sealed record OverviewModel(RollupAnswer Total, RollupAnswer Before, RollupAnswer Days, RollupAnswer Creators, RollupAnswer Campaigns, IReadOnlyList<GoalProgress> Goals);

/// <summary>What the page of a creator or a campaign shows.</summary>
/// <param name="Id">Whose.</param>
/// <param name="Total">All of the days asked for.</param>
/// <param name="Days">Day by day.</param>
/// <param name="Parts">A creator's campaigns, or a campaign's creators.</param>
/// <param name="Models">The whole under every model.</param>
/// <param name="ModelsByPart">The parts under every model.</param>
/// <param name="Orders">The latest conversions credited.</param>
internal sealed record DetailModel(string Id, RollupAnswer Total, RollupAnswer Days, RollupAnswer Parts, RollupAnswer Models, RollupAnswer ModelsByPart, ConversionList Orders)
{
    /// <summary>How far a campaign is with its goals; null where it has none, or has not begun.</summary>
    public GoalProgress? Goals { get; init; }

    /// <summary>The first of its posts.</summary>
    public PostsAnswer? Posts { get; init; }

    /// <summary>How sure the return is.</summary>
    public RoiAnswer? Roi { get; init; }

    /// <summary>A campaign's budget.</summary>
    public BudgetAnswer? Budget { get; init; }
}

/// <summary>What the page of the data's quality shows.</summary>
internal sealed record DataQualityModel(QualityAnswer Quality, UnmatchedAnswer Unmatched, RejectionsAnswer Rejections, RollupAnswer Touches);
