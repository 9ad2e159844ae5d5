using Attribution.Contracts.Catalog;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;

namespace Attribution.Host.Reporting.Pages;

/// <summary>
/// Contents of the overview: sums of stored rollups (<c>IRollupStore.SumRollupsAsync</c>),
/// each as a <see cref="RollupAnswer"/>.
/// </summary>
/// <param name="Total">All days as one row.</param>
/// <param name="Before">The previous period as one row.</param>
/// <param name="Days">One row per day.</param>
/// <param name="Creators">One row per creator.</param>
/// <param name="Campaigns">One row per campaign.</param>
/// <param name="Goals">The campaigns with goals.</param>
internal sealed record OverviewModel(
    RollupAnswer Total,
    RollupAnswer Before,
    RollupAnswer Days,
    RollupAnswer Creators,
    RollupAnswer Campaigns,
    IReadOnlyList<GoalProgress> Goals)
{
    /// <summary>Reads the contents from one snapshot. Returns the model.</summary>
    public static async Task<object> ReadAsync(PageContext page)
    {
        var query = page.Scope.Query;
        var goals = GoalProgress.ForScope(page.Scope);
        var answers = await page.SumRollupsAsync(
        [
            query with { GroupBy = PageGrouping.Total },
            page.Scope.PreviousPeriod with { GroupBy = PageGrouping.Total },
            query with { GroupBy = PageGrouping.ByDay },
            query with { GroupBy = PageGrouping.ByCreator },
            query with { GroupBy = PageGrouping.ByCampaign },
            .. goals.Select(goal => goal.Query),
        ]);
        var progress = goals.Zip(answers.Skip(5), (goal, answer) => new GoalProgress(goal.Campaign, goal.Query, answer));
        return new OverviewModel(answers[0], answers[1], answers[2], answers[3], answers[4], [.. progress]);
    }
}

/// <summary>
/// Progress of a campaign towards its goals, from the campaign's first day to the last day of the page. The first day
/// of the page does not matter.
/// </summary>
/// <param name="Campaign">The campaign.</param>
/// <param name="Query">The query for the campaign's days as one row.</param>
/// <param name="Answer">The answer to the query.</param>
internal sealed record GoalProgress(CampaignItem Campaign, RollupQuery Query, RollupAnswer Answer)
{
    private const int MaxCampaigns = 10;

    /// <summary>Gets the campaign's row; null if it has no measures on these days.</summary>
    public RollupRow? Row => Answer.Rows is [var row, ..] ? row : null;

    /// <summary>
    /// Returns the campaigns with goals that run on at least one day of the page, with their queries. Ordered by last
    /// day; at most 10.
    /// </summary>
    public static IReadOnlyList<(CampaignItem Campaign, RollupQuery Query)> ForScope(PageScope scope) =>
    [
        .. scope.Catalog.Items<CampaignItem>()
            .Where(campaign => campaign.BrandId == scope.Brand.Id && campaign.Goals is { Count: > 0 })
            .Where(campaign => LastDayOf(campaign) >= scope.Query.From)
            .OrderBy(LastDayOf)
            .ThenBy(campaign => campaign.Id, StringComparer.Ordinal)
            .Select(campaign => (Campaign: campaign, Query: CreateQuery(scope, campaign)))
            .Where(goal => goal.Query is not null)
            .Take(MaxCampaigns)
            .Select(goal => (goal.Campaign, goal.Query!)),
    ];

    /// <summary>Returns the query for a campaign; null if the campaign starts after the last day of the page.</summary>
    public static RollupQuery? CreateQuery(PageScope scope, CampaignItem campaign)
    {
        var to = campaign.EndsOn is { } end && end < scope.Query.To ? end : scope.Query.To;
        var from = campaign.StartsOn ?? scope.Query.From;
        if (from > to) return null;
        if (to.DayNumber - from.DayNumber >= QueryScope.MaxDays) from = to.AddDays(1 - QueryScope.MaxDays);
        return scope.Query with
        {
            Campaign = campaign.Id,
            Creator = null,
            From = from,
            To = to,
            GroupBy = new(Day: false, Campaign: false, Creator: false),
        };
    }

    /// <summary>Returns the goals with the values of their measures; null if the API has no such measure.</summary>
    public IEnumerable<(GoalItem Goal, decimal? Value)> GetMeasures() =>
        (Campaign.Goals ?? []).Select(goal => (goal, Row?.FindMeasure(goal.Measure)));

    private static DateOnly LastDayOf(CampaignItem campaign) => campaign.EndsOn ?? DateOnly.MaxValue;
}
