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
                [Description("none: the orders, sign-ups and leads that are credited to no one, each with its own net, in place of "
                    + "those with credit. Cannot be combined with campaign or creator.")] string? credit,
                [Description(ParameterDescriptions.Limit)] string? limit,
                [Description(ParameterDescriptions.Cursor)] string? cursor,
                [Description(ParameterDescriptions.WholeFormat)] string? format,
                [Description(ParameterDescriptions.TableOptions)] string? options,
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
                    || !ResponseFormat.TryRead(http.Request, out var isTable, out problem)
                    || !PageRequest.Parse(limit, cursor).TryGet(out var page, out problem))
                    return problem.ToResult();
                if (credit is not (null or ConversionListQuery.NoCredit))
                    return QueryProblem.BadParameter("credit", $"Must be {ConversionListQuery.NoCredit}, or absent").ToResult();
                if (credit is not null && (campaign ?? creator) is not null)
                    return QueryProblem.BadParameter("credit", "Cannot be combined with campaign or creator").ToResult();
                if (!isTable) return (await RunAsync(page)).ToResult();
                if (limit is not null || cursor is not null) return QueryProblem.PagingNotAllowed(limit).ToResult();
                return (await RunAsync(PageRequest.All))
                    .TryGet(out var all, out problem)
                    ? await ApiResults.WrittenAsync(
                        CsvTable.WriteAsync(
                        http.Response, $"conversions-{scope.From:O}-{scope.To:O}", all.Items, cancellation))
                    : problem.ToResult();

                async Task<QueryResult<ConversionList>> RunAsync(PageRequest request) => credit is null
                    ? await ConversionListQuery.RunAsync(scope, request, store, cancellation)
                    : ConversionListQuery.FromSums(scope.Brand, await ConversionListQuery.SumUnattributedAsync(
                        scope.Brand.Id, scope.From, scope.To, journeys, cancellation), request);
            })
            .AllowQueryParameters("id", "from", "to", "brand", "campaign", "creator", "credit", "limit", "cursor", "format", "options")
            .WithTags("Report").WithName("ListConversions")
            .WithSummary("Lists the conversions credited to a brand, campaign or creator under the book model.")
            .WithDescription(
                "Each entry is the sum of the ledger lines of a conversion, including refunds and restatements; "
                    + "entries whose sum is 0 are omitted. "
                + "Ordered by the order's day, latest first. GET /v1/conversions/{id} explains the credit of a "
                    + "conversion; so does id=…, which also takes ids that no path can contain: . and .., and ids with "
                    + "a zero character.")
            .Produces<ConversionList>(StatusCodes.Status200OK, "application/json", "text/csv", TableFormat.WorkbookType)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
}
