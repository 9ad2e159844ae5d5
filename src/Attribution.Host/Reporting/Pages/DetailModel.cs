using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Models;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Payouts;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Journeys;
using Attribution.Storage.Ledger;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Pages;

/// <summary>Contents of the page of a creator or a campaign.</summary>
/// <param name="Id">The id of the creator or campaign.</param>
/// <param name="Total">All days as one row.</param>
/// <param name="Days">One row per day.</param>
/// <param name="ComparedDays">One row per day of the compared period.</param>
/// <param name="Change">The figures against those of the compared period.</param>
/// <param name="Parts">One row per campaign of the creator, or per creator of the campaign.</param>
/// <param name="Models">All days as one row per model.</param>
/// <param name="ModelsByPart">One row per part and model.</param>
/// <param name="Orders">The latest credited conversions.</param>
internal sealed record DetailModel(
    string Id,
    RollupAnswer Total,
    RollupAnswer Days,
    RollupAnswer ComparedDays,
    ChangeRow Change,
    RollupAnswer Parts,
    RollupAnswer Models,
    RollupAnswer ModelsByPart,
    ConversionList Orders)
{
    private const int MaxPosts = 50;
    private const int MaxOrders = 50;
    private const int MaxStatements = 3;

    /// <summary>Gets the progress towards the campaign's goals; null if it has none or starts later.</summary>
    public GoalProgress? Goals { get; init; }

    /// <summary>Gets the first posts.</summary>
    public PostsAnswer? Posts { get; init; }

    /// <summary>Gets the ROI with its confidence interval.</summary>
    public RoiAnswer? Roi { get; init; }

    /// <summary>Gets the statements of the period's last months, latest first; null for a campaign.</summary>
    public IReadOnlyList<(DateOnly Month, StatementRow Row)>? Statements { get; init; }

    /// <summary>Gets the campaign's budget; null for a creator.</summary>
    public BudgetAnswer? Budget { get; init; }

    /// <summary>Reads the contents of a creator's page, or returns the problem of an unknown creator.</summary>
    public static async Task<object> ReadCreatorAsync(PageContext page, string creator, int orders = MaxOrders)
    {
        if (!page.Scope.Catalog.HasCreator(creator)) return QueryProblem.NotFound($"There is no creator '{creator}'");
        var query = page.Scope.Query with { Creator = creator };
        var model = await ReadAsync(page, creator, query, PageGrouping.ByCampaign, goals: null, orders);
        return model with { Statements = await ReadStatementsAsync(page, creator) };
    }

    /// <summary>Reads the contents of a campaign's page, or returns the problem of an unknown campaign.</summary>
    public static async Task<object> ReadCampaignAsync(PageContext page, string campaign)
    {
        var scope = page.Scope;
        if (scope.Catalog.FindCampaign(campaign)?.Brand != scope.Brand.Id)
            return QueryProblem.NotFound($"The brand '{scope.Brand.Id}' has no campaign '{campaign}'");
        var item = scope.FindItem<CampaignItem>(CatalogKind.Campaigns, campaign);
        var goals = item is { Goals.Count: > 0 } && GoalProgress.CreateQuery(scope, item) is { } goalQuery
            ? (Campaign: item, Query: goalQuery)
            : ((CampaignItem Campaign, RollupQuery Query)?)null;
        var query = scope.Query with { Campaign = campaign };
        var model = await ReadAsync(page, campaign, query, PageGrouping.ByCreator, goals, MaxOrders);
        var budget = await BudgetQuery.ComputeAsync(
            scope.Brand, campaign, scope.Today, scope.Catalog, page.GetService<IRollupStore>(), page.Cancellation);
        return model with { Budget = budget };
    }

    private static async Task<IReadOnlyList<(DateOnly Month, StatementRow Row)>> ReadStatementsAsync(PageContext page, string creator)
    {
        var (scope, service) = (page.Scope, page.GetService<PayoutStatementService>());
        var rows = new List<(DateOnly, StatementRow)>();
        var (first, month) = (CalendarMonth.FirstOf(scope.Query.From), CalendarMonth.FirstOf(scope.Query.To));
        for (; month >= first && rows.Count < MaxStatements; month = month.AddMonths(-1))
        {
            var (statement, closed) = await service.GetAsync(scope.Brand, creator, month, page.Cancellation);
            rows.Add((month, StatementRow.FromStatement(scope.Brand, creator, scope.GetCreatorName(creator), statement, closed)));
        }

        return rows;
    }

    private static async Task<DetailModel> ReadAsync(
        PageContext page,
        string id,
        RollupQuery query,
        RollupGrouping parts,
        (CampaignItem Campaign, RollupQuery Query)? goals,
        int orders)
    {
        var allModels = query with
        {
            GroupBy = PageGrouping.Total,
            AllModels = true,
            Models = [.. ModelNames.Served.OrderBy(ModelNames.NameOf, StringComparer.Ordinal)],
        };
        var before = page.Scope.ComparedPeriod with { Campaign = query.Campaign, Creator = query.Creator };
        var answers = await page.SumRollupsAsync(
        [
            query with { GroupBy = PageGrouping.Total },
            query with { GroupBy = PageGrouping.ByDay },
            query with { GroupBy = parts },
            allModels,
            allModels with { GroupBy = parts },
            before with { GroupBy = PageGrouping.Total },
            before with { GroupBy = PageGrouping.ByDay },
            .. goals is { } goal ? [goal.Query] : Array.Empty<RollupQuery>(),
        ]);
        var (journeys, rollups) = (page.GetService<IJourneyStore>(), page.GetService<IRollupStore>());
        var sums = await page.GetService<ILedgerStore>().SumByConversionAsync(
            query.Brand.Id, query.From, query.To, query.Campaign, query.Creator, page.Cancellation);
        var latest = ConversionListQuery.FromSums(query.Brand, sums, new(orders, "")).Value!;
        var change = new ChangesAnswer(query, before, (answers[0], answers[5]), groups: null).Total;
        return new DetailModel(id, answers[0], answers[1], answers[6], change, answers[2], answers[3], answers[4], latest)
        {
            Goals = goals is var (campaign, goalQuery) ? new(campaign, goalQuery, answers[7]) : null,
            Posts = await PostsQuery.RunAsync(
                QueryScope.FromRollups(query), new(MaxPosts, ""), query.Catalog, journeys,
                page.Cancellation),
            Roi = await RoiQuery.RunAsync(query, sums, rollups, page.Cancellation),
        };
    }
}
