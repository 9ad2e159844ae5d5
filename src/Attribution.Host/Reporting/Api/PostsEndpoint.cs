using System.ComponentModel;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/posts</c>: engagement and cost of posts.</summary>
internal static class PostsEndpoint
{
    public static void MapPosts(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/posts", async (
                [Description(ParameterDescriptions.From)] string? from,
                [Description(ParameterDescriptions.To)] string? to,
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description(ParameterDescriptions.Campaign)] string? campaign,
                [Description(ParameterDescriptions.Creator)] string? creator,
                [Description(ParameterDescriptions.Limit)] string? limit,
                [Description(ParameterDescriptions.Cursor)] string? cursor,
                [Description(ParameterDescriptions.WholeFormat)] string? format,
                [Description(ParameterDescriptions.TableOptions)] string? options,
                HttpContext http, CallerCatalog source, IJourneyStore store, CancellationToken cancellation) =>
            {
                var catalog = await source.RefreshAsync(cancellation);
                if (!QueryScope.Parse(http.Request.Query, catalog).TryGet(out var scope, out var problem)
                    || !ResponseFormat.TryRead(http.Request, out var isTable, out problem)
                    || !PageRequest.Parse(limit, cursor).TryGet(out var page, out problem))
                    return problem.ToResult();
                if (!isTable)
                    return ApiResults.Json(await PostsQuery.RunAsync(scope, page, catalog, store, cancellation));
                if (limit is not null || cursor is not null) return QueryProblem.PagingNotAllowed(limit).ToResult();
                var all = await PostsQuery.RunAsync(scope, PageRequest.All, catalog, store, cancellation);
                return await ApiResults.WrittenAsync(
                    CsvTable.WriteAsync(
                    http.Response, $"posts-{scope.From:O}-{scope.To:O}", all.Rows, cancellation));
            })
            .AllowQueryParameters("from", "to", "brand", "campaign", "creator", "limit", "cursor", "format", "options")
            .WithTags("Report").WithName("ListPosts")
            .WithSummary("Lists posts with the growth of their counters on the requested days, and the benchmarks they "
            + "meet or miss.")
            .WithDescription(
                "Lists the posts named by links of the catalog (member postId), ordered by id. The cost of a post is "
                    + "the sum of the costs with the same postId. "
                + "Without such costs, cpe and cpm are null, because a fee for several posts cannot be assigned to one "
                    + "of them.")
            .Produces<PostsAnswer>(StatusCodes.Status200OK, "application/json", "text/csv", TableFormat.WorkbookType)
            .ProducesProblem(StatusCodes.Status400BadRequest);
}
