using Attribution.Host.Reporting.Queries.Rollups;

namespace Attribution.Host.Reporting.Pages;

/// <summary>Groupings of rollups that pages show.</summary>
internal static class PageGrouping
{
    public static readonly RollupGrouping Total = new(Day: false, Campaign: false, Creator: false);
    public static readonly RollupGrouping ByDay = new(Day: true, Campaign: false, Creator: false);
    public static readonly RollupGrouping ByCreator = new(Day: false, Campaign: false, Creator: true);
    public static readonly RollupGrouping ByCampaign = new(Day: false, Campaign: true, Creator: false);
}
