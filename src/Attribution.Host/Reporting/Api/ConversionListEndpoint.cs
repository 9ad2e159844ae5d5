using System.ComponentModel;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Ledger;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/conversions</c>: conversions credited to a brand, campaign or creator.</summary>
internal static class ConversionListEndpoint
{
    public static void MapConversionList(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/conversions", async (
                [Description(ParameterDescriptions.From)] string? from,
                [Description(ParameterDescriptions.To)] string? to,
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description("Restricts the result to conversions credited to this campaign.")] string? campaign,
                [Description("Restricts the result to conversions credited to this creator.")] string? creator,
                [Description(ParameterDescriptions.Limit)] string? limit,
                [Description(ParameterDescriptions.Cursor)] string? cursor,
                [Description(ParameterDescriptions.WholeFormat)] string? format,
                HttpContext http, CallerCatalog source, ILedgerStore store, CancellationToken cancellation) =>
            {
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
            .AllowQueryParameters("from", "to", "brand", "campaign", "creator", "limit", "cursor", "format")
            .WithTags("Report").WithName("ListConversions")
            .WithSummary("Lists the conversions credited to a brand, campaign or creator under the book model.")
            .WithDescription(
                "Each entry is the sum of the ledger lines of a conversion, including refunds and restatements; "
                    + "entries whose sum is 0 are omitted. "
                + "Ordered by the order's day, latest first. GET /v1/conversions/{id} explains the credit of a "
                    + "conversion.")
            .Produces<ConversionList>(StatusCodes.Status200OK, "application/json", "text/csv")
            .ProducesProblem(StatusCodes.Status400BadRequest);
}
