using Attribution.Contracts.Catalog;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;

namespace Attribution.Host.Reporting.Pages;

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
