using System.ComponentModel;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Jobs;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/models</c>: the attribution models.</summary>
internal static class ModelsEndpoint
{
    public static void MapModels(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/models", async (
                [Description("Id of the brand whose book model is marked. Defaults to the brand "
                    + "'default'.")] string? brand,
                CallerCatalog source, IJobStore jobs, TimeProvider time, CancellationToken cancellation) =>
                (await ModelsQuery.RunAsync(brand, await source.RefreshAsync(cancellation), jobs,
                    Timestamp.From(time.GetUtcNow()), cancellation)).ToResult())
            .AllowQueryParameters("brand")
            .WithTags("Report").WithName("ListModels")
            .WithSummary("Lists the attribution models, and for fitted models the fit that credits open days.")
            .Produces<ModelsAnswer>().ProducesProblem(StatusCodes.Status400BadRequest);
}
