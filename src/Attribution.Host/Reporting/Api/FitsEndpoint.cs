using System.ComponentModel;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Queries;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/fits</c>: the fits of the fitted models.</summary>
internal static class FitsEndpoint
{
    public static void MapFits(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/fits", async (
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description(ParameterDescriptions.Limit)] string? limit,
                [Description(ParameterDescriptions.Cursor)] string? cursor,
                CallerCatalog source, CancellationToken cancellation) =>
                FitsQuery.Run(brand, limit, cursor, await source.RefreshAsync(cancellation)).ToResult())
            .AllowQueryParameters("brand", "limit", "cursor")
            .WithTags("Report").WithName("ListFits")
            .WithSummary("Lists the fits of the Markov and Shapley models, newest first, with the value of each "
                + "placement and the number of paths used.")
            .Produces<FitsAnswer>().ProducesProblem(StatusCodes.Status400BadRequest);
}
