using System.ComponentModel;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.Storage.Ledger;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/conversions/{id}</c>: a conversion and the decision about its credit.</summary>
internal static class ConversionEndpoint
{
    public static void MapConversion(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/conversions/{id}", async (
                [Description("Order id, or conversion id of a sign-up or lead. An order is looked up "
                    + "first.")] string id,
                [Description(ParameterDescriptions.Brand)] string? brand,
                HttpContext http, CallerCatalog source, ICatalogStore catalogs, IJourneyStore journeys, ILedgerStore entries,
                IRollupStore rollups, CancellationToken cancellation) =>
            {
                var decoded = id.Contains('%', StringComparison.Ordinal) ? RawRoute.DecodeLastSegment(http) : id;
                return (await ConversionQuery.RunAsync(
                    decoded, brand, await source.RefreshAsync(cancellation), catalogs, journeys, entries, rollups, cancellation))
                    .ToResult();
            })
            .AllowQueryParameters("brand")
            .WithTags("Report").WithName("GetConversion")
            .WithSummary("Returns a conversion and its decision: policy, model, every candidate and its outcome, the "
                + "credits of every model, refunds and ledger entries.")
            .Produces<ConversionAnswer>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
}
