using System.ComponentModel;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Rejections;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/rejections</c>: rejected events with the reason and the original payload.</summary>
internal static class RejectionsEndpoint
{
    public static void MapRejections(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/rejections", (
                [Description(ParameterDescriptions.Limit)] string? limit,
                [Description(ParameterDescriptions.Cursor)] string? cursor,
                [Description("Restricts the result to events sent for this brand.")] string? brand,
                [Description("open (default): not replayed yet. resolved: replayed and accepted. all: "
                    + "both.")] string? status,
                [Description("Restricts the result to this reason, for example brand_unknown.")] string? reason,
                [Description("json (default), or ndjson to download the whole list with one rejection per "
                    + "line.")] string? format,
                HttpContext http, CallerCatalog source, IRejectionStore store, CancellationToken cancellation) =>
                AnswerAsync(limit, cursor, brand, status, reason, format, http, source, store, cancellation))
            .AllowQueryParameters("limit", "cursor", "brand", "status", "reason", "format")
            .WithTags("Report").WithName("ListRejections")
            .WithSummary("Lists rejected events with their payload, newest first. By default only open ones.")
            .WithDescription(
                "A rejection appears in the list shortly after it was returned, and is open until POST "
                    + "/v1/rejections/replay accepts it. "
                + "The payload is text if it is UTF-8, otherwise base64; it is cut at 64 KiB.")
            .Produces<RejectionsAnswer>().ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<IResult> AnswerAsync(
        string? limit, string? cursor, string? brand, string? status, string? reason, string? format,
        HttpContext http, CallerCatalog source, IRejectionStore store, CancellationToken cancellation)
    {
        if (!PageRequest.Parse(limit, cursor).TryGet(out var page, out var problem)
            || !RejectionsQuery.CreateFilter(brand, status, reason, await source.RefreshAsync(cancellation))
                .TryGet(out var filter, out problem))
            return problem.ToResult();
        if (format is not (null or "json" or "ndjson"))
            return QueryProblem.BadParameter("format", "Must be json or ndjson").ToResult();
        if (format != "ndjson") return (await RejectionsQuery.RunAsync(filter, page, store, cancellation)).ToResult();
        if (limit is not null || cursor is not null) return QueryProblem.PagingNotAllowed(limit).ToResult();
        var aborted = http.RequestAborted;
        return Results.Stream(
            body => RejectionExport.WriteAsync(body, RejectionsQuery.ReadAllAsync(filter, store, aborted), aborted),
            "application/x-ndjson", "rejections.ndjson");
    }
}
