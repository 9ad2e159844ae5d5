using System.ComponentModel;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.Storage.Ledger;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Api;

/// <summary>
/// The endpoint <c>GET /v1/conversions</c>: conversions credited to a brand, campaign or creator, or the decision of one.
/// </summary>
internal static class ConversionListEndpoint
{
    public static void MapConversionList(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/conversions", async (
                [Description("Returns the decision of this order or conversion, as GET /v1/conversions/{id} does, for every "
                    + "id that can be accepted. Only brand can be combined with it.")] string? id,
                [Description(ParameterDescriptions.From)] string? from,
                [Description(ParameterDescriptions.To)] string? to,
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description("Restricts the result to conversions credited to this campaign.")] string? campaign,
                [Description("Restricts the result to conversions credited to this creator.")] string? creator,
                [Description(ParameterDescriptions.Limit)] string? limit,
                [Description(ParameterDescriptions.Cursor)] string? cursor,
                [Description(ParameterDescriptions.WholeFormat)] string? format,
                HttpContext http, CallerCatalog source, ILedgerStore store, ICatalogStore catalogs, IJourneyStore journeys,
                IRollupStore rollups, CancellationToken cancellation) =>
            {
                if (id is not null)
                    return http.Request.Query.Keys.FirstOrDefault(name => name is not ("id" or "brand")) is { } other
                        ? QueryProblem.BadParameter(other, "Cannot be combined with id").ToResult()
                        : (await ConversionQuery.RunAsync(
                            id, brand, await source.RefreshAsync(cancellation), catalogs, journeys, store, rollups, cancellation))
                            .ToResult();
                if (!QueryScope.Parse(http.Request.Query, await source.RefreshAsync(cancellation))
                    .TryGet(out var scope, out var problem)
                    || !ResponseFormat.TryRead(http.Request, out var isCsv, out problem)
                    || !PageRequest.Parse(limit, cursor).TryGet(out var page, out problem))
                    return problem.ToResult();
                if (!isCsv) return (await ConversionListQuery.RunAsync(scope, page, store, cancellation)).ToResult();
                if (limit is not null || cursor is not null) return QueryProblem.PagingNotAllowed(limit).ToResult();
                return (await ConversionListQuery.RunAsync(scope, PageRequest.All, store, cancellation))
                    .TryGet(out var all, out problem)
                    ? await ApiResults.WrittenAsync(
                        CsvTable.WriteAsync(
                        http.Response, $"conversions-{scope.From:O}-{scope.To:O}.csv", all.Items, cancellation))
                    : problem.ToResult();
            })
            .AllowQueryParameters("id", "from", "to", "brand", "campaign", "creator", "limit", "cursor", "format")
            .WithTags("Report").WithName("ListConversions")
            .WithSummary("Lists the conversions credited to a brand, campaign or creator under the book model.")
            .WithDescription(
                "Each entry is the sum of the ledger lines of a conversion, including refunds and restatements; "
                    + "entries whose sum is 0 are omitted. "
                + "Ordered by the order's day, latest first. GET /v1/conversions/{id} explains the credit of a "
                    + "conversion; so does id=…, which also takes ids that no path can contain: . and .., and ids with "
                    + "a zero character.")
            .Produces<ConversionList>(StatusCodes.Status200OK, "application/json", "text/csv")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
}
