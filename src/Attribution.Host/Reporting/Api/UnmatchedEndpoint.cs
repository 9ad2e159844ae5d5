using System.ComponentModel;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/unmatched</c>: names that matched nothing in the catalog.</summary>
internal static class UnmatchedEndpoint
{
    public static void MapUnmatched(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/unmatched", async (
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description("code, link, utm or rate. Defaults to all kinds.")] string? kind,
                [Description(ParameterDescriptions.Limit)] string? limit,
                [Description(ParameterDescriptions.Cursor)] string? cursor,
                [Description(ParameterDescriptions.WholeFormat)] string? format,
                [Description(ParameterDescriptions.TableOptions)] string? options,
                HttpContext http, CallerCatalog source, IRollupStore store, CancellationToken cancellation) =>
            {
                if (!ResponseFormat.TryRead(http.Request, out var isTable, out var problem)) return problem.ToResult();
                if (isTable && (limit is not null || cursor is not null))
                    return QueryProblem.PagingNotAllowed(limit).ToResult();
                if (!PageRequest.Parse(limit, cursor).TryGet(out var page, out problem)) return problem.ToResult();
                var catalog = await source.RefreshAsync(cancellation);
                if (!isTable)
                    return (await UnmatchedQuery.RunAsync(brand, kind, page, catalog, store, cancellation)).ToResult();
                return (await UnmatchedQuery.ReadAllAsync(brand, kind, catalog, store, cancellation))
                    .TryGet(out var all, out problem)
                    ? await ApiResults.WrittenAsync(
                        CsvTable.WriteAsync(http.Response, "unmatched", all.Items, cancellation))
                    : problem.ToResult();
            })
            .AllowQueryParameters("brand", "kind", "limit", "cursor", "format", "options")
            .WithTags("Report").WithName("ListUnmatched").WithSummary(
                "Lists names that matched nothing in the catalog, most frequent first, with similar known names.")
            .WithDescription(
                "Counts are updated together with the rollups. When the catalog learns a name, its events are "
                    + "reevaluated and the name disappears from the list. "
                + "A code that is valid only at another time is also listed, with itself as the nearest name. Touches "
                    + "of bots are excluded. Names are cut at 200 characters.")
            .Produces<UnmatchedAnswer>(StatusCodes.Status200OK, "application/json", "text/csv", TableFormat.WorkbookType)
            .ProducesProblem(StatusCodes.Status400BadRequest);
}
