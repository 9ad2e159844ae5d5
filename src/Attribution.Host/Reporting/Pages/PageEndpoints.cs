using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Reporting.Api;
using Attribution.Host.Reporting.Pages.Documents;
using Attribution.Host.Reporting.Pages.Forms;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Codes;
using Attribution.Host.Reporting.Queries.Payouts;
using Attribution.Storage.Access;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.Storage.Ledger;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Pages;

/// <summary>
/// Pages for analysts and operators. Each address renders one component from answers of the API, so that a page cannot
/// show a number that the API does not return. The address contains the entire state of a page. Pages are rendered on
/// the server and work without scripts.
/// </summary>
internal static class PageEndpoints
{
    private const int MaxPrintedOrders = 500;

    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents();
        // First, because the writer of JSON accepts every request.
        services.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, PageProblemWriter>());
        return services.AddScoped<PageModel>().AddSingleton<AttentionCache>();
    }

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        routes.MapPage<OverviewPage>("/", OverviewModel.ReadAsync);
        routes.MapCreatorPages();
        routes.MapPage<CampaignsPage>("/campaigns", ListCampaignsAsync);
        routes.MapPage<CampaignPage>(
            "/campaigns/{id}", page => DetailModel.ReadCampaignAsync(page, page.GetRouteValue("id")!));
        routes.MapPage<RankingPage>("/ranking", RankAsync);
        routes.MapPage<ComparisonPage>("/compare", CompareAsync, "a", "b");
        routes.MapPage<PayoutStatementsPage>("/statements", ListStatementsAsync, "month");
        routes.MapPage<OrdersPage>("/orders", SearchAsync, [.. OrderListModel.Parameters, "order", "visitor", "customer"]);
        routes.MapPage<OrderPage>("/orders/{id}", FindOrderAsync, "id");
        routes.MapPage<RestatementsPage>("/restatements", ListRestatementsAsync, "cursor");
        routes.MapDataQualityPage();
        routes.MapPage<SearchPage>("/search", SearchModel.ReadAsync, "q");
        routes.MapPage<CodesPage>("/code-usage", ListCodesAsync);
        routes.MapPage<CohortsPage>("/cohorts", ListCohortsAsync);
        routes.MapPage<ProductsPage>("/products", ListProductsAsync, "by");
        routes.MapCatalogForms();
        routes.MapWhatIfForm();
        routes.MapPage<SettingsPage>("/settings", page => Task.FromResult<object>(new SettingsModel(page.Now)), "done").RequireScope(KeyScopes.Admin);
        routes.MapUsers();
        routes.MapCredentials();
        routes.MapStart();
        routes.MapPayoutForms();
        routes.MapSignIn();
        routes.MapInvitation();
        routes.MapDocuments();
        PageAssets.Map(routes);
    }

    private static void MapCreatorPages(this IEndpointRouteBuilder routes)
    {
        routes.MapPage<CreatorsPage>(
            "/creators", async page => await CreatorListModel.ReadAsync(page), CreatorListModel.Parameters);
        foreach (var extension in new[] { "csv", "xlsx" })
            routes.MapPage<CreatorsPage>($"/creators.{extension}", CreatorListModel.DownloadAsync, CreatorListModel.DownloadParameters);
        routes.MapPage<CreatorPage>(
            "/creators/{id}", page => DetailModel.ReadCreatorAsync(page, page.GetRouteValue("id")!));
        routes.MapPage<CreatorReportPage>(
            "/creators/{id}/report",
            page => DetailModel.ReadCreatorAsync(page, page.GetRouteValue("id")!, MaxPrintedOrders));
        routes.MapPage<PayoutStatementPage>("/creators/{id}/statements/{month}", FindStatementAsync);
    }

    private static async Task<object> ListCodesAsync(PageContext page) => Show(await CodeUsageQuery.RunAsync(
        page.Scope.Brand.Id, null, page.Scope.Catalog, page.GetService<IJourneyStore>(), page.Cancellation));

    private static async Task<object> ListCohortsAsync(PageContext page) => Show(await CohortsQuery.RunAsync(
        page.Scope.Query with { GroupBy = PageGrouping.ByCreator }, page.Scope.Today, page.GetService<IJourneyStore>(), page.GetService<IRollupStore>(),
        page.Cancellation));

    private static async Task<object> ListProductsAsync(PageContext page)
    {
        var query = page.Scope.Query;
        return Show(await ProductsQuery.RunAsync(
            QueryScope.FromRollups(query), page.Scope.GetParameter("by"), page.Scope.Catalog,
            page.GetService<IJourneyStore>(), page.Cancellation));
    }

    private static async Task<object> ListCampaignsAsync(PageContext page) =>
        await page.SumRollupsAsync(page.Scope.Query with { GroupBy = PageGrouping.ByCampaign });

    private static async Task<object> RankAsync(PageContext page) =>
        Show(await RankingQuery.RunAsync(page.Scope.Query, page.GetService<IRollupStore>(), page.Cancellation));

    private static async Task<object> CompareAsync(PageContext page)
    {
        var (a, b) = (page.Scope.GetParameter("a"), page.Scope.GetParameter("b"));
        if (a is null && b is null) return new object();
        return Show(await ComparisonQuery.RunAsync(
            page.Scope.Query, a, b, page.GetService<IRollupStore>(), page.GetService<IJourneyStore>(), page.Cancellation));
    }

    private static async Task<object> FindStatementAsync(PageContext page) =>
        Show(await PayoutStatementQueries.FindAsync(
            page.GetRouteValue("id"), page.GetRouteValue("month"), page.Scope.Brand.Id, page.Scope.Catalog,
            page.GetService<PayoutStatementService>(), page.Cancellation));

    private static async Task<object> ListStatementsAsync(PageContext page) =>
        Show(await PayoutStatementQueries.ListAsync(
            page.Scope.GetParameter("month") ?? CalendarMonth.TextOf(page.Scope.Today.AddMonths(-1)),
            page.Scope.Brand.Id, page.Scope.Catalog, page.GetService<PayoutStatementService>(), page.Cancellation));

    private static async Task<object> ListRestatementsAsync(PageContext page)
    {
        if (!PageRequest.Parse(null, page.Scope.GetParameter("cursor")).TryGet(out var request, out var problem))
            return problem;
        var scope = new QueryScope(page.Scope.Brand, page.Scope.Query.From, page.Scope.Query.To, null, null);
        return Show(await RestatementsQuery.RunAsync(
            scope, page.Scope.ViewName, request, page.GetService<ILedgerStore>(), page.Cancellation));
    }

    private static async Task<object> FindOrderAsync(PageContext page) => Show(await ConversionQuery.RunAsync(
        page.Scope.GetParameter("id") ?? RawRoute.DecodeLastSegment(page.Http), page.Scope.Brand.Id, page.Scope.Catalog,
        page.GetService<ICatalogStore>(), page.GetService<IJourneyStore>(), page.GetService<ILedgerStore>(),
        page.GetService<IRollupStore>(), page.Cancellation));

    /// <summary>
    /// Redirects to the page of an order, or returns the journey of a visitor or customer; without either, the list.
    /// </summary>
    private static async Task<object> SearchAsync(PageContext page)
    {
        if (page.Scope.GetParameter("order") is { } order)
            return new PageRedirect(page.Scope.LinkToOrder(order));
        var (visitor, customer) = (page.Scope.GetParameter("visitor"), page.Scope.GetParameter("customer"));
        if (visitor is null && customer is null) return await OrderListModel.ReadAsync(page);
        return Show(await JourneyQuery.RunAsync(
            new(visitor, customer, null), page.Scope.Brand.Id, page.Scope.Catalog,
            page.GetService<IJourneyStore>(), page.GetService<CustomerKeyHasher>(), page.Cancellation));
    }

    private static object Show<T>(QueryResult<T> result) where T : class => (object?)result.Value ?? result.Problem!;
}
