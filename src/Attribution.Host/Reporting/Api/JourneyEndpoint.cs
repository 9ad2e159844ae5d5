using System.ComponentModel;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/journeys</c>: touches and conversions of a person.</summary>
internal static class JourneyEndpoint
{
    public static void MapJourneys(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/journeys", async (
                [Description("Visitor id.")] string? visitor,
                [Description("Customer key as it is sent, not hashed.")] string? customer,
                [Description("Order id.")] string? order,
                [Description(ParameterDescriptions.Brand)] string? brand,
                CallerCatalog source, IJourneyStore store, CustomerKeyHasher keys, CancellationToken cancellation) =>
                (await JourneyQuery.RunAsync(new(visitor, customer, order), brand,
                    await source.RefreshAsync(cancellation), store, keys, cancellation)).ToResult())
            .AllowQueryParameters("visitor", "customer", "order", "brand")
            .WithTags("Report").WithName("GetJourney").WithSummary(
                "Returns the touches and conversions of a person, found by exactly one of visitor, customer and order.")
            .Produces<JourneyAnswer>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
}
