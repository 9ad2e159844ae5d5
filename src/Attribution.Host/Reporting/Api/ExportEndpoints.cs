using System.ComponentModel;
using System.Globalization;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Ledger;
using Attribution.Storage.Rollups;
using Microsoft.Extensions.Primitives;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoints below <c>/v1/export</c>: change feeds as NDJSON for systems that keep a copy.</summary>
internal static class ExportEndpoints
{
    /// <summary>Number of ledger lines or rollups read at a time; a cursor follows them.</summary>
    private const int PageSize = 5_000;

    private const string CursorDescription =
        "One JSON object per line. A line with the member cursor (and closedThrough) confirms that everything before "
            + "it is complete: store it with the copy, and send it as after to get later changes. "
        + "An interrupted download can be resumed from the last stored cursor. Lines after that cursor are sent again "
            + "under the same ids: overwrite them.";

    public static void MapExport(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/export/ledger", (
                [Description("Last cursor of a previous export of this ledger. Omit it to export "
                    + "everything.")] string? after,
                [Description(ParameterDescriptions.Brand)] string? brand,
                HttpContext http, CallerCatalog source, ILedgerStore store, CancellationToken cancellation) =>
                LedgerAsync(after, brand, http, source, store, cancellation))
            .AllowQueryParameters("after", "brand")
            .WithTags("Report").WithName("ExportLedger")
            .WithSummary("Exports the ledger lines of all kinds written after a cursor, as NDJSON.")
            .WithDescription(
                CursorDescription + " Lines never change and are never removed; they are ordered as written.")
            .Produces<ExportedLine>(StatusCodes.Status200OK, "application/x-ndjson")
            .ProducesProblem(StatusCodes.Status400BadRequest);

        routes.MapGet("/v1/export/rollups", (
                [Description("Last cursor of a previous export of these rollups. Omit it to export "
                    + "everything.")] string? after,
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description("Name of a model, book or all, as for /v1/rollups/daily. Defaults to the brand's book "
                    + "model.")] string? model,
                [Description("cohort (default) or cash, as for /v1/rollups/daily.")] string? view,
                HttpContext http, CallerCatalog source, IRollupStore store, TimeProvider time,
                CancellationToken cancellation) =>
                RollupsAsync(after, http, source, store, time, cancellation))
            .AllowQueryParameters("after", "brand", "model", "view")
            .WithTags("Report").WithName("ExportRollups")
            .WithSummary("Exports the current state of daily rollups that changed after a cursor, as NDJSON.")
            .WithDescription(
                CursorDescription
                    + " deleted means that all values of the row are 0 now: remove it. Closing a day changes no rows: "
                    + "closedThrough is the last closed day. "
                + "Rows of a fitted model begin with the first day that a fit credits; export everything again after "
                    + "the first fit. Events are included once they are folded, within seconds.")
            .Produces<ExportedRollup>(StatusCodes.Status200OK, "application/x-ndjson")
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> LedgerAsync(
        string? after, string? brandId, HttpContext http, CallerCatalog source, ILedgerStore store,
        CancellationToken cancellation)
    {
        if (!QueryScope.FindBrand(brandId, await source.RefreshAsync(cancellation))
            .TryGet(out var brand, out var problem)) return problem.ToResult();
        return ToResult(await ChangeFeedWriter.WriteAsync<LedgerPage>(
            http, "ledger", after, position => store.ReadLedgerPageAsync(brand.Id, position, PageSize, cancellation),
            page => (page.Cursor, page.HasMore),
            (page, write) =>
            {
                foreach (var line in page.Entries) write(ExportedLine.FromLine(line, brand.Currency));
                return new ExportCursorLine(PageRequest.EncodeCursor(page.Cursor), null);
            },
            cancellation));
    }

    private static async Task<IResult> RollupsAsync(
        string? after, HttpContext http, CallerCatalog source, IRollupStore store, TimeProvider time,
        CancellationToken cancellation)
    {
        var now = Timestamp.From(time.GetUtcNow());
        // The query of the daily rollups requires days; here any day will do.
        var parameters = http.Request.Query.Where(pair => pair.Key is "brand" or "model" or "view")
            .ToDictionary(StringComparer.Ordinal);
        parameters["from"] = parameters["to"] = new StringValues(
            DateOnly.FromDateTime(now.ToDateTimeOffset().UtcDateTime).ToString("O", CultureInfo.InvariantCulture));
        if (!RollupQuery.Parse(new QueryCollection(parameters), await source.RefreshAsync(cancellation))
            .TryGet(out var query, out var problem)) return problem.ToResult();
        return ToResult(await ChangeFeedWriter.WriteAsync<RollupChanges>(
            http, "rollups", after, position => store.ReadChangesAsync(
                query.Brand.Id, position, PageSize, cancellation), page => (page.Cursor, page.HasMore),
            (page, write) =>
            {
                foreach (var (key, cell) in page.Changes)
                    foreach (var row in ExportedRollup.FromCell(query, key, cell, page.ClosedThrough))
                        write(row);
                return new ExportCursorLine(PageRequest.EncodeCursor(page.Cursor), page.ClosedThrough);
            },
            cancellation));
    }

    private static IResult ToResult(QueryProblem? problem) => problem?.ToResult() ?? Results.Empty;
}
