using System.ComponentModel;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Messaging;
using Attribution.Host.Observability;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rejections;
using Attribution.Storage.Rollups;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Reporting.Api;

/// <summary>
/// The endpoint <c>GET /v1/quality</c>: the backlog of the rollups and data that could not be counted as reported.
/// </summary>
internal static class QualityEndpoint
{
    public static void MapQuality(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/quality", async (
                [Description("Id of the brand whose data is checked. Defaults to the brand 'default'.")] string? brand,
                IJourneyStore journeys, IRollupStore rollups, IRejectionStore rejections, CallerCatalog source, IServiceProvider services,
                IOptions<BusOptions> bus, IFormatStore formats, IDataSetStore sets, ApiCredentialCache keys, DataLossLog losses,
                CancellationToken cancellation) =>
            {
                var messages = QualityQuery.CountMessages(bus.Value, services.GetService<SpoolDepth>());
                return (await QualityQuery.RunAsync(
                    brand, messages, await source.RefreshAsync(cancellation), journeys, rollups, rejections,
                    formats, sets, keys.GetShops(), losses, cancellation))
                    .ToResult();
            })
            .AllowQueryParameters("brand")
            .WithTags("Report").WithName("GetQuality").WithSummary(
                "Returns the backlog of the rollups, and data of a brand that could not be counted as reported.")
            .Produces<QualityAnswer>().ProducesProblem(StatusCodes.Status400BadRequest);
}
