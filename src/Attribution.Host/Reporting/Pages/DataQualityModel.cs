using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Messaging;
using Attribution.Host.Observability;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rejections;
using Attribution.Storage.Rollups;
using Microsoft.Extensions.Options;

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
        var (rollups, brand) = (page.GetService<IRollupStore>(), page.Scope.Brand.Id);
        // The messages are counted before the catalog is read, so that none is missed.
        var messages = QualityQuery.CountMessages(
            page.GetService<IOptions<BusOptions>>().Value, page.Http.RequestServices.GetService<SpoolDepth>());
        var catalog = await CallerCatalog.ForRequest(page.Http).RefreshAsync(page.Cancellation);
        var quality = await QualityQuery.RunAsync(
            brand, messages, catalog, page.GetService<IJourneyStore>(), rollups, page.GetService<IRejectionStore>(),
            page.GetService<IFormatStore>(), page.GetService<IDataSetStore>(),
            page.GetService<ApiCredentialCache>().GetShops(), page.GetService<DataLossLog>(), page.Cancellation);
        var unmatched = await UnmatchedQuery.RunAsync(
            brand, null, PageRequest.First, catalog, rollups, page.Cancellation);
        var rejections = await RejectionsQuery.RunAsync(
            new(brand, Resolved: false), new(MaxRejections, ""), page.GetService<IRejectionStore>(), page.Cancellation);
        var touches = await page.SumRollupsAsync(page.Scope.Query with { GroupBy = PageGrouping.Total });
        return new DataQualityModel(quality.Value!, unmatched.Value!, rejections.Value!, touches);
    }
}
