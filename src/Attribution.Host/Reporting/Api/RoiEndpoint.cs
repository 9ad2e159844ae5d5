using System.ComponentModel;
using Attribution.Core.Statistics;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Ledger;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/roi</c>: ROI with a confidence interval.</summary>
internal static class RoiEndpoint
{
    private static readonly string LongDescription =
        $"The interval is a bootstrap over orders: {Bootstrap.ResampleCount} resamples from a fixed seed, in which "
            + "each order is weighted by a Poisson number of mean 1. "
        + "The interval spans the 2.5th to the 97.5th percentile of their ROI. It covers random variation of the "
            + "number and value of orders, but not seasons or incorrect attribution.";

    public static void MapRoi(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/roi", async (
                [Description(ParameterDescriptions.From)] string? from,
                [Description(ParameterDescriptions.To)] string? to,
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description(ParameterDescriptions.Campaign)] string? campaign,
                [Description(ParameterDescriptions.Creator)] string? creator,
                HttpContext http, CallerCatalog source, IRollupStore rollups, ILedgerStore ledger,
                CancellationToken cancellation) =>
                RollupQuery.Parse(http.Request.Query, await source.RefreshAsync(cancellation)).TryGet(out var query, out var problem)
                    ? ApiResults.Json(await RoiQuery.RunAsync(query, rollups, ledger, cancellation))
                    : problem.ToResult())
            .AllowQueryParameters("from", "to", "brand", "campaign", "creator")
            .WithTags("Report").WithName("GetRoi")
            .WithSummary("Returns the ROI under the book model with its 95 % confidence interval.")
            .WithDescription(LongDescription)
            .Produces<RoiAnswer>().ProducesProblem(StatusCodes.Status400BadRequest);
}
