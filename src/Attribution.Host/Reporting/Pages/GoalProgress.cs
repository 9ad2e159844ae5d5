using Attribution.Contracts.Catalog;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;

namespace Attribution.Host.Reporting.Pages;

/// <summary>How far a campaign is with its goals: from its own first day, whichever days are shown, to the last of those.</summary>
/// <param name="Campaign">The campaign.</param>
/// <param name="Query">What the API is asked: its days as one row.</param>
/// <param name="Answer">What it answers.</param>
internal sealed record GoalProgress(CampaignItem Campaign, RollupQuery Query, RollupAnswer Answer)
{
    /// <summary>The row; null where nothing stands on these days.</summary>
    public RollupRow? Row => Answer.Rows is [var row, ..] ? row : null;

    /// <summary>Most campaigns of a page.</summary>
    private const int MaxCampaigns = 10;

    /// <summary>The campaigns with goals that run on some of the days shown, those that end first before the others, with what the API is asked of each.</summary>
    public static IReadOnlyList<(CampaignItem Campaign, RollupQuery Query)> ForScope(PageScope view) =>
    [
        .. view.Catalog.Items<CampaignItem>().Where(campaign => campaign.BrandId == view.Brand.Id && campaign.Goals is { Count: > 0 } && (campaign.EndsOn ?? DateOnly.MaxValue) >= view.Query.From)
            .OrderBy(campaign => campaign.EndsOn ?? DateOnly.MaxValue).ThenBy(campaign => campaign.Id, StringComparer.Ordinal)
            .Select(campaign => (campaign, Query: CreateQuery(view, campaign))).Where(each => each.Query is not null).Take(MaxCampaigns).Select(each => (each.campaign, each.Query!)),
    ];

    /// <summary>What the API is asked of a campaign; null where it begins after the days shown.</summary>
    public static RollupQuery? CreateQuery(PageScope view, CampaignItem campaign)
    {
        var to = campaign.EndsOn is { } end && end < view.Query.To ? end : view.Query.To;
        var from = campaign.StartsOn ?? view.Query.From;
        if (from > to) return null;
        if (to.DayNumber - from.DayNumber >= QueryScope.MaxDays) from = to.AddDays(1 - QueryScope.MaxDays);
        return view.Query with { Campaign = campaign.Id, Creator = null, From = from, To = to, GroupBy = new(Day: false, Campaign: false, Creator: false) };
    }

    /// <summary>Its goals, each with the measure's value by its name in the API; null where no such measure is reported.</summary>
    public IEnumerable<(GoalItem Goal, decimal? Value)> GetMeasures() => (Campaign.Goals ?? []).Select(goal => (goal, Row?.FindMeasure(goal.Measure)));
}
