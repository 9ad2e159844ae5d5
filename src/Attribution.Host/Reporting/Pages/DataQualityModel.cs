using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;

namespace Attribution.Host.Reporting.Pages;

/// <summary>Contents of the page about data quality.</summary>
/// <param name="Quality">Backlog and data faults.</param>
/// <param name="Unmatched">The first unmatched names.</param>
/// <param name="Rejections">The latest rejections.</param>
/// <param name="Touches">All days as one row, with the unattributed orders.</param>
internal sealed record DataQualityModel(
    QualityAnswer Quality, UnmatchedAnswer Unmatched, RejectionsAnswer Rejections, RollupAnswer Touches)
{
    private const int MaxRejections = 20;

    /// <summary>Reads the contents.</summary>
    public static async Task<DataQualityModel> ReadAsync(PageContext page)
    {
        var (quality, unmatched, rejections) = await AttentionList.ReadAnswersAsync(page, MaxRejections);
        var touches = await page.SumRollupsAsync(page.Scope.Query with { GroupBy = PageGrouping.Total });
        return new DataQualityModel(quality, unmatched, rejections, touches);
    }
}
