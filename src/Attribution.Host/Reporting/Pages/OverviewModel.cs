using System.Collections.Concurrent;
using Attribution.Contracts.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Pages.Forms;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;

namespace Attribution.Host.Reporting.Pages;

/// <summary>
/// Contents of the overview: sums of stored rollups (<c>IRollupStore.SumRollupsAsync</c>),
/// each as a <see cref="RollupAnswer"/>.
/// </summary>
/// <param name="Total">All days as one row.</param>
/// <param name="Days">One row per day.</param>
/// <param name="ComparedDays">One row per day of the compared period.</param>
/// <param name="Creators">One row per creator.</param>
/// <param name="Campaigns">One row per campaign.</param>
/// <param name="Changes">The figures against those of the compared period, by creator.</param>
/// <param name="Goals">The campaigns with goals.</param>
internal sealed record OverviewModel(
    RollupAnswer Total,
    RollupAnswer Days,
    RollupAnswer ComparedDays,
    RollupAnswer Creators,
    RollupAnswer Campaigns,
    ChangesAnswer Changes,
    IReadOnlyList<GoalProgress> Goals)
{
    private const int MaxCreators = 5;

    /// <summary>Gets the creators with a cost and enough conversions, by ROI, highest first.</summary>
    public required IReadOnlyList<RollupRow> Ranked { get; init; }

    /// <summary>Gets the intervals of the ROI of the best and worst, by creator.</summary>
    public required IReadOnlyDictionary<string, RollupInterval> RoiIntervals { get; init; }

    /// <summary>Gets what needs attention, whatever the days of the page.</summary>
    public required IReadOnlyList<AttentionItem> Attention { get; init; }

    /// <summary>Gets the creators of the upper half, best first.</summary>
    public IEnumerable<RollupRow> Best => Ranked.Take(Math.Min(MaxCreators, Ranked.Count - (Ranked.Count / 2)));

    /// <summary>
    /// Gets the creators of the lower half, worst first. No creator is among the best and the worst, and the one in the
    /// middle is not among the worst.
    /// </summary>
    public IEnumerable<RollupRow> Worst => Ranked.Reverse().Take(Math.Min(MaxCreators, Ranked.Count / 2));

    /// <summary>Gets the creators whose cost exceeds their net and who have too few conversions to be ranked, largest loss first.</summary>
    public IEnumerable<RollupRow> UnrankedLosses => Creators.Rows
        .Where(row => row is { CreatorId: not null, TooFewToTell: true } && row.Cost.Total.Minor > row.Net.Minor)
        .OrderByDescending(row => row.Cost.Total.Minor - row.Net.Minor).ThenBy(row => row.CreatorId, StringComparer.Ordinal).Take(MaxCreators);

    /// <summary>Gets the creators whose net changed most.</summary>
    public IEnumerable<ChangeRow> Movers =>
        Changes.Rows.Where(row => row.CreatorId is not null && row.Net.Difference != 0).Take(MaxCreators);

    /// <summary>Reads the contents from one snapshot. Returns the model.</summary>
    public static async Task<object> ReadAsync(PageContext page)
    {
        var (query, before) = (page.Scope.Query, page.Scope.ComparedPeriod);
        var goals = GoalProgress.ForScope(page.Scope);
        var answers = await page.SumRollupsAsync(
        [
            query with { GroupBy = PageGrouping.Total },
            before with { GroupBy = PageGrouping.Total },
            query with { GroupBy = PageGrouping.ByDay },
            before with { GroupBy = PageGrouping.ByDay },
            query with { GroupBy = PageGrouping.ByCreator },
            before with { GroupBy = PageGrouping.ByCreator },
            query with { GroupBy = PageGrouping.ByCampaign },
            .. goals.Select(goal => goal.Query),
        ]);
        if (answers[0] is { Rows.Count: 0, Totals.Orders: 0 } && !page.Scope.Catalog.Items<CampaignItem>().Any())
            return new OtherPage(typeof(StartPage), await StartModel.ReadAsync(page));
        var model = new OverviewModel(
            answers[0], answers[2], answers[3], answers[4], answers[6],
            new ChangesAnswer(query, before, (answers[0], answers[1]), (answers[4], answers[5])),
            [.. goals.Zip(answers.Skip(7), (goal, answer) => new GoalProgress(goal.Campaign, goal.Query, answer))])
        {
            Ranked = [.. answers[4].Rows
                .Where(row => row is { CreatorId: not null, RoiPercent: not null, TooFewToTell: false })
                .OrderByDescending(row => row.RoiPercent!.Value.Value)
                .ThenBy(row => row.CreatorId, StringComparer.Ordinal)],
            RoiIntervals = new Dictionary<string, RollupInterval>(),
            Attention = await page.GetService<AttentionCache>().GetAsync(page),
        };
        if (model.Ranked.Count == 0) return model;
        return model with { RoiIntervals = await RoiIntervalReader.ReadAsync(page, model.Best.Concat(model.Worst)) };
    }
}

/// <summary>
/// A cache of the lists of what needs attention, by brand, culture and version of the catalog, for at most 15 seconds.
/// The overview is opened most, and reading the list takes as long as the page itself.
/// </summary>
internal sealed class AttentionCache
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<(string Brand, string Culture), Entry> entries = new();

    /// <summary>Gets the list for a page.</summary>
    public async ValueTask<IReadOnlyList<AttentionItem>> GetAsync(PageContext page)
    {
        var (key, version) = ((page.Scope.Brand.Id, page.Scope.Culture.Name), page.Scope.Catalog.Version);
        if (entries.TryGetValue(key, out var known) && known.Version == version && page.Now - known.At is var age
            && age >= TimeSpan.Zero && age < MaxAge) return known.Items;
        var items = await AttentionList.ReadAsync(page);
        entries[key] = new(version, page.Now, items);
        return items;
    }

    private sealed record Entry(long Version, Timestamp At, IReadOnlyList<AttentionItem> Items);
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
