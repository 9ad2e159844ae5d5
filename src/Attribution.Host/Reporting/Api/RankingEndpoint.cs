using System.ComponentModel;
using Attribution.Core.Statistics;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/ranking</c>: creators by ROI, each compared with their tier.</summary>
internal static class RankingEndpoint
{
    private static readonly string LongDescription =
        $"rankedRoiPercent is the ROI after adding {Shrinkage.PriorConversions} conversions with the average revenue "
            + "and cost of the creator's tier (the row of the tier). "
        + "A single lucky order therefore does not put a creator first, and a few orders without luck do not put one "
            + "last. The more was spent on a creator, the more the creator's own ROI counts. "
        + "Tiers are defined by the number of followers on the platform where a creator has most; creators without a "
            + "tier are compared with each other. "
        + "Tiers and benchmarks, by tier and platform, are settings of the brand (members tiers and benchmarks).";

    public static void MapRanking(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/ranking", async (
                [Description(ParameterDescriptions.From)] string? from,
                [Description(ParameterDescriptions.To)] string? to,
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description(ParameterDescriptions.Campaign)] string? campaign,
                [Description("Name of a model, or book. Defaults to the brand's book model.")] string? model,
                [Description("cohort (default) or cash, as for the daily rollups.")] string? view,
                [Description(ParameterDescriptions.Format)] string? format,
                [Description(ParameterDescriptions.TableOptions)] string? options,
                HttpContext http, CallerCatalog source, IRollupStore store,
                CancellationToken cancellation) =>
            {
                if (!RollupQuery.Parse(http.Request.Query, await source.RefreshAsync(cancellation))
                    .TryGet(out var query, out var problem)
                    || !ResponseFormat.TryRead(http.Request, out var isTable, out problem)
                    || !(await RankingQuery.RunAsync(query, store, cancellation)).TryGet(out var answer, out problem))
                    return problem.ToResult();
                return isTable
                    ? await ApiResults.WrittenAsync(
                        CsvTable.WriteAsync(
                        http.Response, $"ranking-{query.From:O}-{query.To:O}", answer.Rows, cancellation))
                    : ApiResults.Json(answer);
            })
            .AllowQueryParameters("from", "to", "brand", "campaign", "model", "view", "format", "options")
            .WithTags("Report").WithName("GetRanking")
            .WithSummary("Ranks creators by ROI drawn towards the mean of their tier, with tiers and benchmarks.")
            .WithDescription(LongDescription)
            .Produces<RankingAnswer>(StatusCodes.Status200OK, "application/json", "text/csv", TableFormat.WorkbookType)
            .ProducesProblem(StatusCodes.Status400BadRequest);
}
