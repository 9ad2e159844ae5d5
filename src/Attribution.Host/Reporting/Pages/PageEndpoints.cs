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
using Attribution.Host.Reporting.Queries.Payouts;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Access;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.Storage.Ledger;
using Attribution.Storage.Rejections;
using Attribution.Storage.Rollups;

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
        routes.MapPage<RankingPage>("/ranking", async page => await RankingEndpoint.AnswerAsync(page.Scope.Query, page.GetService<IRollupStore>(), page.Cancellation));
        routes.MapPage<ComparisonPage>("/compare", async page => page.Scope.GetParameter("a") is null && page.Scope.GetParameter("b") is null ? new object()
            : await ComparisonEndpoint.AnswerAsync(page.Scope.Query, page.Scope.GetParameter("a"), page.Scope.GetParameter("b"), page.GetService<IRollupStore>(), page.GetService<IJourneyStore>(), page.Cancellation), "a", "b");
        routes.MapPage<PayoutStatementPage>("/creators/{id}/statements/{month}", async page => await PayoutStatementEndpoints.GetStatementAsync(
            page.GetRouteValue("id"), page.GetRouteValue("month"), page.Scope.Brand.Id, csv: null, page.GetService<CatalogCache>(), page.GetService<PayoutStatementService>(), page.Cancellation));
        routes.MapPage<PayoutStatementsPage>("/statements", async page => await PayoutStatementEndpoints.ListMonthAsync(
            page.Scope.GetParameter("month") ?? CalendarMonth.TextOf(page.Scope.Today.AddMonths(-1)), page.Scope.Brand.Id, csv: null, page.GetService<CatalogCache>(), page.GetService<PayoutStatementService>(), page.Cancellation), "month");
        routes.MapPage<CampaignsPage>("/campaigns", async page => await page.ReadRollupsAsync(page.Scope.Query with { GroupBy = ByCampaign }));
        routes.MapPage<CampaignPage>("/campaigns/{id}", async page => await ReadDetailAsync(page, null, page.GetRouteValue("id")!) is var found && found is not DetailModel one ? found
            : one with { Budget = await BudgetEndpoint.AnswerAsync(page.Scope.Brand, one.Id, page.Scope.Today, page.Scope.Catalog, page.GetService<IRollupStore>(), page.Cancellation) });
        routes.MapPage<OrdersPage>("/orders", SearchAsync, "order", "visitor", "customer");
        routes.MapPage<OrderPage>("/orders/{id}", async page => await ConversionEndpoint.AnswerAsync(
            RawRoute.DecodeLastSegment(page.Http), page.Scope.Brand.Id, page.GetService<CatalogCache>(), page.GetService<ICatalogStore>(),
            page.GetService<IJourneyStore>(), page.GetService<ILedgerStore>(), page.Cancellation));
        routes.MapPage<RestatementsPage>("/restatements", async page => await RestatementsEndpoint.AnswerAsync(
            new(page.Scope.Brand, page.Scope.Query.From, page.Scope.Query.To, null, null), page.Scope.ViewName, null, page.Scope.GetParameter("cursor"), csv: null, page.GetService<ILedgerStore>(), page.Cancellation), "cursor");
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
    private const int MaxPrintedOrders = 500;
    private static readonly RollupGrouping Total = new(Day: false, Campaign: false, Creator: false);
    private static readonly RollupGrouping ByDay = new(Day: true, Campaign: false, Creator: false);
    private static readonly RollupGrouping ByCreator = new(Day: false, Campaign: false, Creator: true);
    private static readonly RollupGrouping ByCampaign = new(Day: false, Campaign: true, Creator: false);

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
        if (creator is not null && !page.Scope.Catalog.HasCreator(creator)) return ApiProblems.NotFound($"There is no creator '{creator}'");
        if (campaign is not null && page.Scope.Catalog.FindCampaign(campaign)?.Brand != page.Scope.Brand.Id) return ApiProblems.NotFound($"The brand '{page.Scope.Brand.Id}' has no campaign '{campaign}'");
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
        ConversionList.TryCreatePage(query.Brand, sums, orders, "", out var latest);
        return new DetailModel(creator ?? campaign!, answers[0], answers[1], answers[2], answers[3], answers[4], latest)
        {
            Goals = goals.Query is null ? null : new(goals.Item, goals.Query, answers[5]),
            Posts = await PostsEndpoint.AnswerAsync(new(query.Brand, query.From, query.To, campaign, creator), MaxPosts, "", query.Catalog, page.GetService<IJourneyStore>(), page.Cancellation),
            Roi = await RoiEndpoint.AnswerAsync(query, sums, page.GetService<IRollupStore>(), page.Cancellation),
        };
    }

    /// <summary>An order leads to its page, a person to what is known of her.</summary>
    private static async Task<object> SearchAsync(PageContext page)
    {
        var (order, visitor, customer) = (page.Scope.GetParameter("order"), page.Scope.GetParameter("visitor"), page.Scope.GetParameter("customer"));
        if (order is not null) return Results.Redirect(page.Scope.LinkTo($"/orders/{Uri.EscapeDataString(order)}"));
        if (visitor is null && customer is null) return new object();
        return await JourneyEndpoint.AnswerAsync(visitor, customer, null, page.Scope.Brand.Id, page.GetService<CatalogCache>(), page.GetService<IJourneyStore>(), page.GetService<CustomerKeyHasher>(), page.Cancellation);
    }

    private static async Task<object> ReplayAsync(PageContext page, IFormCollection form)
    {
        if (page.Http.RequestServices.GetService<ReplayRejections>() is not { } replayer)
            return ApiProblems.Create(StatusCodes.Status404NotFound, "Not here", "The process with the role ingest replays: POST /v1/rejections/replay there");
        var ids = form["id"].Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).ToList();
        if (await replayer(ids, Caller.FromContext(page.Http).OnlyBrand, page.Cancellation) is not { } done)
            return ApiProblems.Create(StatusCodes.Status503ServiceUnavailable, "Not now", "Not all could be kept. Replay again, which is safe.");
        return Results.LocalRedirect(page.Scope.LinkTo("/quality", ("replayed", $"{done.Replayed}"), ("refused", $"{done.Refused}")));
    }

    private static async Task<object> QualityAsync(PageContext page)
    {
        var (source, rollups, services) = (page.GetService<CatalogCache>(), page.GetService<IRollupStore>(), page.Http.RequestServices);
        var isEmbedded = page.GetService<Microsoft.Extensions.Options.IOptions<BusOptions>>().Value.Transport == Transport.InMemory;
        var quality = await QualityEndpoint.AnswerAsync(page.Scope.Brand.Id, page.GetService<IJourneyStore>(), rollups, source, services.GetService<SpoolDepth>(), isEmbedded, page.Cancellation);
        var unmatched = await UnmatchedEndpoint.AnswerAsync(page.Scope.Brand.Id, null, null, null, source, rollups, page.Cancellation);
        var refused = await RejectionsEndpoint.AnswerAsync("20", null, page.Scope.Brand.Id, null, null, null, page.Http, source, page.GetService<IRejectionStore>(), page.Cancellation);
        var touches = await page.ReadRollupsAsync(page.Scope.Query with { GroupBy = Total });
        return new DataQualityModel((QualityAnswer)((IValueHttpResult)quality).Value!, (UnmatchedAnswer)((IValueHttpResult)unmatched).Value!, (RejectionsAnswer)((IValueHttpResult)refused).Value!, touches);
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
