using Attribution.Host.Reporting.Queries.Rollups;

namespace Attribution.Host.Reporting.Pages;

/// <summary>Contents of the overview.</summary>
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
    /// <summary>Reads the contents from one snapshot.</summary>
    public static async Task<OverviewModel> ReadAsync(PageContext page)
    {
        var query = page.Scope.Query;
        var goals = GoalProgress.ForScope(page.Scope);
        var answers = await page.ReadRollupsAsync(
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
