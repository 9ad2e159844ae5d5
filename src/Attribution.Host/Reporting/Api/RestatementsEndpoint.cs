using System.ComponentModel;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Ledger;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/restatements</c>: changes of days that were already closed.</summary>
internal static class RestatementsEndpoint
{
    public static void MapRestatements(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/restatements", (
                [Description("Required. First local day of recording (inclusive), for example "
                    + "2026-03-01.")] string? from,
                [Description("Required. Last local day of recording (inclusive). The period is at most three "
                    + "years.")] string? to,
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description(ParameterDescriptions.Campaign)] string? campaign,
                [Description(ParameterDescriptions.Creator)] string? creator,
                [Description("Selects the day that must have been closed. cash (default): the day of the entry, which "
                    + "for a refund is the refund's day. cohort: the order's day, also for refunds.")] string? view,
                [Description(ParameterDescriptions.Limit)] string? limit,
                [Description(ParameterDescriptions.Cursor)] string? cursor,
                [Description(ParameterDescriptions.WholeFormat)] string? format,
                [Description(ParameterDescriptions.TableOptions)] string? options,
                HttpContext http, CallerCatalog source, ILedgerStore store, CancellationToken cancellation) =>
                AnswerAsync(view, limit, cursor, http, source, store, cancellation))
            .AllowQueryParameters("from", "to", "brand", "campaign", "creator", "view", "limit", "cursor", "format", "options")
            .WithTags("Report").WithName("ListRestatements")
            .WithSummary("Lists changes of closed days from the ledger: day, conversion, placement, amount, reason, "
                + "causing event and time.")
            .WithDescription(
                "Ordered by time of recording. The first page contains sums over the whole period by reason, and by "
                    + "campaign and creator. Only the book model writes the ledger. "
                + "The current net of a closed day equals its net at closing plus the amounts listed for the day in "
                    + "the same view.")
            .Produces<RestatementsAnswer>(StatusCodes.Status200OK, "application/json", "text/csv", TableFormat.WorkbookType)
            .ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<IResult> AnswerAsync(
        string? view, string? limit, string? cursor, HttpContext http, CallerCatalog source, ILedgerStore store,
        CancellationToken cancellation)
    {
        if (!QueryScope.Parse(http.Request.Query, await source.RefreshAsync(cancellation))
            .TryGet(out var scope, out var problem)
            || !ResponseFormat.TryRead(http.Request, out var isTable, out problem)
            || !PageRequest.Parse(limit, cursor).TryGet(out var page, out problem))
            return problem.ToResult();
        if (!isTable) return (await RestatementsQuery.RunAsync(scope, view, page, store, cancellation)).ToResult();
        if (!RestatementsQuery.CreateFilter(scope, view).TryGet(out var filter, out problem)) return problem.ToResult();
        if (limit is not null || cursor is not null) return QueryProblem.PagingNotAllowed(limit).ToResult();
        var lines = RestatementsQuery.ReadAllAsync(scope, filter, store, cancellation);
        return await ApiResults.WrittenAsync(
            RestatementCsv.WriteAsync(http.Response, $"restatements-{scope.From:O}-{scope.To:O}",
                scope.Brand.Currency, lines, cancellation));
    }
}
