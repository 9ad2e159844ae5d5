using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Hosting.Access;
using Attribution.Host.Report.Budgets;
using Attribution.Host.Report.Comparing;
using Attribution.Host.Report.Conversions;
using Attribution.Host.Report.Journeys;
using Attribution.Host.Report.Posts;
using Attribution.Host.Report.Quality;
using Attribution.Host.Report.Ranking;
using Attribution.Host.Report.Rejections;
using Attribution.Host.Report.Restatements;
using Attribution.Host.Report.Returns;
using Attribution.Host.Report.Rollups;
using Attribution.Host.Report.Statements;
using Attribution.Host.Report.Unmatched;
using Attribution.Storage;

namespace Attribution.Host.Report.Pages;

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
        services.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, PageProblems>());
        return services.AddScoped<Shown>();
    }

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        routes.MapPage<OverviewPage>("/", OverviewAsync);
        routes.MapPage<CreatorsPage>("/creators", async page => await CreatorsList.ReadAsync(page), CreatorsList.Parameters);
        routes.MapPage<CreatorsPage>("/creators.csv", CreatorsList.DownloadAsync, CreatorsList.Parameters);
        routes.MapPage<CreatorPage>("/creators/{id}", async page => await OneAsync(page, page.Route("id")!, null));
        routes.MapPage<CreatorReportPage>("/creators/{id}/report", async page => await OneAsync(page, page.Route("id")!, null, MaxPrintedOrders));
        routes.MapPage<RankingPage>("/ranking", async page => await RankingEndpoint.AnswerAsync(page.View.Query, page.Get<IRollupStore>(), page.Cancellation));
        routes.MapPage<ComparisonPage>("/compare", async page => page.View.Given("a") is null && page.View.Given("b") is null ? new object()
            : await ComparisonEndpoint.AnswerAsync(page.View.Query, page.View.Given("a"), page.View.Given("b"), page.Get<IRollupStore>(), page.Get<IJourneyStore>(), page.Cancellation), "a", "b");
        routes.MapPage<PayoutStatementPage>("/creators/{id}/statements/{month}", async page => await StatementsEndpoint.AnswerAsync(
            page.Route("id"), page.Route("month"), page.View.Brand.Id, csv: null, page.Get<CatalogCache>(), page.Get<StatementBook>(), page.Cancellation));
        routes.MapPage<PayoutStatementsPage>("/statements", async page => await StatementsEndpoint.MonthAsync(
            page.View.Given("month") ?? CalendarMonth.TextOf(page.View.Today.AddMonths(-1)), page.View.Brand.Id, csv: null, page.Get<CatalogCache>(), page.Get<StatementBook>(), page.Cancellation), "month");
        routes.MapPage<CampaignsPage>("/campaigns", async page => await page.RowsAsync(page.View.Query with { GroupBy = ByCampaign }));
        routes.MapPage<CampaignPage>("/campaigns/{id}", async page => await OneAsync(page, null, page.Route("id")!) is var found && found is not One one ? found
            : one with { Budget = await BudgetEndpoint.AnswerAsync(page.View.Brand, one.Id, page.View.Today, page.View.Catalog, page.Get<IRollupStore>(), page.Cancellation) });
        routes.MapPage<OrdersPage>("/orders", SearchAsync, "order", "visitor", "customer");
        routes.MapPage<OrderPage>("/orders/{id}", async page => await ConversionEndpoint.AnswerAsync(RawRoute.DecodeLastSegment(page.Http), page.View.Brand.Id, page.Get<CatalogCache>(), page.Get<IJourneyStore>(), page.Cancellation));
        routes.MapPage<RestatementsPage>("/restatements", async page => await RestatementsEndpoint.AnswerAsync(
            new(page.View.Brand, page.View.Query.From, page.View.Query.To, null, null), page.View.ViewName, null, page.View.Given("cursor"), csv: null, page.Get<IJourneyStore>(), page.Cancellation), "cursor");
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
    private static readonly RollupGrouping Whole = new(Day: false, Campaign: false, Creator: false);
    private static readonly RollupGrouping ByDay = new(Day: true, Campaign: false, Creator: false);
    private static readonly RollupGrouping ByCreator = new(Day: false, Campaign: false, Creator: true);
    private static readonly RollupGrouping ByCampaign = new(Day: false, Campaign: true, Creator: false);

    private static async Task<object> OverviewAsync(PageCall page)
    {
        var query = page.View.Query;
        var goals = GoalProgress.ForScope(page.View);
        var answers = await page.RowsAsync(
        [
            query with { GroupBy = Whole }, page.View.Before with { GroupBy = Whole }, query with { GroupBy = ByDay }, query with { GroupBy = ByCreator }, query with { GroupBy = ByCampaign },
            .. goals.Select(goal => goal.Query),
        ]);
        return new Overview(answers[0], answers[1], answers[2], answers[3], answers[4], [.. goals.Zip(answers.Skip(5), (goal, answer) => new GoalProgress(goal.Campaign, goal.Query, answer))]);
    }

    /// <summary>A creator, or a campaign: the whole, the days, the other half of its placements, and every model side by side.</summary>
    private static async Task<object> OneAsync(PageCall page, string? creator, string? campaign, int orders = MaxOrders)
    {
        if (creator is not null && !page.View.Catalog.HasCreator(creator)) return ApiProblems.NotFound($"There is no creator '{creator}'");
        if (campaign is not null && page.View.Catalog.FindCampaign(campaign)?.Brand != page.View.Brand.Id) return ApiProblems.NotFound($"The brand '{page.View.Brand.Id}' has no campaign '{campaign}'");
        var query = page.View.Query with { Creator = creator, Campaign = campaign };
        var models = query with { GroupBy = Whole, AllModels = true, Models = [.. Core.Models.ModelNames.Served.OrderBy(Core.Models.ModelNames.NameOf, StringComparer.Ordinal)] };
        var parts = creator is null ? ByCreator : ByCampaign;
        var goals = campaign is not null && page.View.Item<CampaignItem>(CatalogKind.Campaigns, campaign) is { Goals.Count: > 0 } item && GoalProgress.QueryOf(page.View, item) is { } of ? (Item: item, Query: of) : default;
        var answers = await page.RowsAsync(
        [
            query with { GroupBy = Whole }, query with { GroupBy = ByDay }, query with { GroupBy = parts }, models, models with { GroupBy = parts },
            .. goals.Query is null ? Array.Empty<RollupQuery>() : [goals.Query],
        ]);
        var sums = await page.Get<IJourneyStore>().SumByConversionAsync(query.Brand.Id, query.From, query.To, campaign, creator, page.Cancellation);
        ConversionList.TryCreatePage(query.Brand, sums, orders, "", out var latest);
        return new One(creator ?? campaign!, answers[0], answers[1], answers[2], answers[3], answers[4], latest)
        {
            Goals = goals.Query is null ? null : new(goals.Item, goals.Query, answers[5]),
            Posts = await PostsEndpoint.AnswerAsync(new(query.Brand, query.From, query.To, campaign, creator), MaxPosts, "", query.Catalog, page.Get<IJourneyStore>(), page.Cancellation),
            Sure = await RoiEndpoint.AnswerAsync(query, sums, page.Get<IRollupStore>(), page.Cancellation),
        };
    }

    /// <summary>An order leads to its page, a person to what is known of her.</summary>
    private static async Task<object> SearchAsync(PageCall page)
    {
        var (order, visitor, customer) = (page.View.Given("order"), page.View.Given("visitor"), page.View.Given("customer"));
        if (order is not null) return Results.Redirect(page.View.To($"/orders/{Uri.EscapeDataString(order)}"));
        if (visitor is null && customer is null) return new object();
        return await JourneyEndpoint.AnswerAsync(visitor, customer, null, page.View.Brand.Id, page.Get<CatalogCache>(), page.Get<IJourneyStore>(), page.Get<CustomerKeyHasher>(), page.Cancellation);
    }

    private static async Task<object> ReplayAsync(PageCall page, IFormCollection form)
    {
        if (page.Http.RequestServices.GetService<ReplayRejections>() is not { } replayer)
            return ApiProblems.Create(StatusCodes.Status404NotFound, "Not here", "The process with the role ingest replays: POST /v1/rejections/replay there");
        var ids = form["id"].Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).ToList();
        if (await replayer(ids, Caller.FromContext(page.Http).OnlyBrand, page.Cancellation) is not { } done)
            return ApiProblems.Create(StatusCodes.Status503ServiceUnavailable, "Not now", "Not all could be kept. Replay again, which is safe.");
        return Results.LocalRedirect(page.View.To("/quality", ("replayed", $"{done.Replayed}"), ("refused", $"{done.Refused}")));
    }

    private static async Task<object> QualityAsync(PageCall page)
    {
        var (source, rollups, services) = (page.Get<CatalogCache>(), page.Get<IRollupStore>(), page.Http.RequestServices);
        var isEmbedded = page.Get<Microsoft.Extensions.Options.IOptions<BusOptions>>().Value.Transport == Transport.InMemory;
        var quality = await QualityEndpoint.AnswerAsync(page.View.Brand.Id, page.Get<IJourneyStore>(), rollups, source, services.GetService<SpoolDepth>(), isEmbedded, page.Cancellation);
        var unmatched = await UnmatchedEndpoint.AnswerAsync(page.View.Brand.Id, null, null, null, source, rollups, page.Cancellation);
        var refused = await RejectionsEndpoint.AnswerAsync("20", null, page.View.Brand.Id, null, null, null, page.Http, source, page.Get<IJourneyStore>(), page.Cancellation);
        var touches = await page.RowsAsync(page.View.Query with { GroupBy = Whole });
        return new DataQuality((QualityAnswer)((IValueHttpResult)quality).Value!, (UnmatchedAnswer)((IValueHttpResult)unmatched).Value!, (RejectionsAnswer)((IValueHttpResult)refused).Value!, touches);
    }
}

/// <summary>What the first page shows.</summary>
internal sealed record Overview(RollupAnswer Whole, RollupAnswer Before, RollupAnswer Days, RollupAnswer Creators, RollupAnswer Campaigns, IReadOnlyList<GoalProgress> Goals);

/// <summary>What the page of a creator or a campaign shows.</summary>
/// <param name="Id">Whose.</param>
/// <param name="Whole">All of the days asked for.</param>
/// <param name="Days">Day by day.</param>
/// <param name="Parts">A creator's campaigns, or a campaign's creators.</param>
/// <param name="Models">The whole under every model.</param>
/// <param name="Apart">The parts under every model.</param>
/// <param name="Orders">The latest conversions credited.</param>
internal sealed record One(string Id, RollupAnswer Whole, RollupAnswer Days, RollupAnswer Parts, RollupAnswer Models, RollupAnswer Apart, ConversionList Orders)
{
    /// <summary>How far a campaign is with its goals; null where it has none, or has not begun.</summary>
    public GoalProgress? Goals { get; init; }

    /// <summary>The first of its posts.</summary>
    public PostsAnswer? Posts { get; init; }

    /// <summary>How sure the return is.</summary>
    public RoiAnswer? Sure { get; init; }

    /// <summary>A campaign's budget.</summary>
    public BudgetAnswer? Budget { get; init; }
}

/// <summary>What the page of the data's quality shows.</summary>
internal sealed record DataQuality(QualityAnswer Quality, UnmatchedAnswer Unmatched, RejectionsAnswer Refused, RollupAnswer Touches);
