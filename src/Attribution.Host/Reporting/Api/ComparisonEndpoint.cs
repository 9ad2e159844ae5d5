using System.ComponentModel;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/compare</c>: two creators, campaigns or posts as an A/B test.</summary>
internal static class ComparisonEndpoint
{
    public static void MapComparison(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/compare", async (
                [Description("Required. The first item: creators/{id}, campaigns/{id} or posts/{id}, for example "
                    + "creators/mia.")] string? a,
                [Description("Required. The second item, of the same kind.")] string? b,
                [Description(ParameterDescriptions.From)] string? from,
                [Description(ParameterDescriptions.To)] string? to,
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description("Restricts the comparison of creators to this campaign.")] string? campaign,
                HttpContext http, CallerCatalog source, IRollupStore rollups, IJourneyStore journeys,
                CancellationToken cancellation) =>
                RollupQuery.Parse(http.Request.Query, await source.RefreshAsync(cancellation)).TryGet(out var query, out var problem)
                    ? (await ComparisonQuery.RunAsync(query, a, b, rollups, journeys, cancellation)).ToResult()
                    : problem.ToResult())
            .AllowQueryParameters("a", "b", "from", "to", "brand", "campaign")
            .WithTags("Report").WithName("Compare").WithSummary(
                "Compares two creators, campaigns or posts as an A/B test, with the interval of the difference.")
            .WithDescription(
                "Creators and campaigns are compared by visitorConversionRate (converted visitors per unique visitor), "
                    + "posts by engagementRate (likes, comments, shares and saves per reach). "
                + "Each rate has Wilson's interval, the difference has Newcombe's. If the interval of the difference "
                    + "contains 0, chance alone may explain the difference.")
            .Produces<CompareAnswer>().ProducesProblem(StatusCodes.Status400BadRequest);
}
