using System.Buffers;
using System.ComponentModel;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Ledger;
using Attribution.Storage.Rollups;
using Microsoft.Extensions.Primitives;

namespace Attribution.Host.Reporting.Api;

/// <summary>
/// What changed since a cursor, as NDJSON, for whoever keeps a copy: lines under ids that never change, and after some of them a line that holds a
/// cursor and says that everything before it was told. A download that breaks off is taken up from the last cursor that came.
/// </summary>
internal static class ExportEndpoints
{
    /// <summary>Lines of the ledger, or rollups, that are read at a time; a cursor follows them.</summary>
    private const int PageSize = 5_000;

    private const string CursorDescription =
        "One JSON object a line. A line with the one member cursor (and closedThrough) says that everything before it has been told: keep it with what was taken over, and pass it on "
        + "as after to get what changed since. A download may be broken off at any byte; ask again from the last cursor kept. What was told after that comes again under the same id: write over it.";

    public static void MapExport(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/export/ledger", (
                [Description("The last cursor that a download of this ledger gave; everything when absent.")] string? after,
                [Description("The brand; default when absent.")] string? brand,
                HttpContext http, CatalogCache source, ILedgerStore store, CancellationToken cancellation) =>
                LedgerAsync(after, brand, http, source, store, cancellation))
            .AllowQueryParameters("after", "brand")
            .WithTags("Report").WithName("ExportLedger").WithSummary("Ledger lines of every kind since a cursor, as NDJSON.")
            .WithDescription(CursorDescription + " Lines are never changed and never removed; they come in the order in which they were written.")
            .Produces<ExportedLine>(StatusCodes.Status200OK, "application/x-ndjson").ProducesProblem(StatusCodes.Status400BadRequest);

        routes.MapGet("/v1/export/rollups", (
                [Description("The last cursor that a download of these rollups gave; everything when absent.")] string? after,
                [Description("The brand; default when absent.")] string? brand,
                [Description("As in /v1/rollups/daily: a name, book or all; the brand's book model when absent.")] string? model,
                [Description("As in /v1/rollups/daily: cohort (default) or cash.")] string? view,
                HttpContext http, CatalogCache source, IRollupStore store, TimeProvider time, CancellationToken cancellation) =>
                RollupsAsync(after, http, source, store, time, cancellation))
            .AllowQueryParameters("after", "brand", "model", "view")
            .WithTags("Report").WithName("ExportRollups").WithSummary("Daily rollups that changed since a cursor, each as it stands, as NDJSON.")
            .WithDescription(
                CursorDescription + " deleted says that the row came to nothing: remove it. A day that closes changes no row: closedThrough says to which day all are closed. "
                + "Rows of a fitted model begin with the first day that a fit credits; ask for all of them anew when the first fit is made. An event is in it when it was folded, within seconds.")
            .Produces<ExportedRollup>(StatusCodes.Status200OK, "application/x-ndjson").ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> LedgerAsync(
        string? after, string? brandId, HttpContext http, CatalogCache source, ILedgerStore store, CancellationToken cancellation)
    {
        if (!QueryScope.TryFindBrand(brandId, await source.RefreshAsync(cancellation), out var brand, out var fault)) return fault;
        return await WriteAsync<LedgerPage>(
            http, "ledger", after, place => store.ReadLedgerPageAsync(brand.Id, place, PageSize, cancellation), page => (page.Cursor, page.HasMore),
            (page, write) =>
            {
                foreach (var line in page.Entries) write(ExportedLine.FromLine(line, brand.Currency));
                return new ExportCursorLine(QueryParameters.EncodeCursor(page.Cursor), null);
            },
            cancellation);
    }

    private static async Task<IResult> RollupsAsync(
        string? after, HttpContext http, CatalogCache source, IRollupStore store, TimeProvider time, CancellationToken cancellation)
    {
        var now = Timestamp.From(time.GetUtcNow());
        // A question like the daily rollups', about no days in particular.
        var asked = http.Request.Query.Where(pair => pair.Key is "brand" or "model" or "view").ToDictionary(StringComparer.Ordinal);
        asked["from"] = asked["to"] = new StringValues(DateOnly.FromDateTime(now.ToDateTimeOffset().UtcDateTime).ToString("O", CultureInfo.InvariantCulture));
        var (query, fault) = RollupQuery.Parse(new QueryCollection(asked), await source.RefreshAsync(cancellation), now);
        if (query is null) return fault!;
        return await WriteAsync<RollupChanges>(
            http, "rollups", after, place => store.ReadChangesAsync(query.Brand.Id, place, PageSize, cancellation), page => (page.Cursor, page.HasMore),
            (page, write) =>
            {
                foreach (var (key, cell) in page.Changes)
                    foreach (var row in ExportedRollup.FromCell(query, key, cell, page.ClosedThrough))
                        write(row);
                return new ExportCursorLine(QueryParameters.EncodeCursor(page.Cursor), page.ClosedThrough);
            },
            cancellation);
    }

    /// <summary>Writes page after page, each with its cursor, until there is no more; what is held is a page.</summary>
    private static async Task<IResult> WriteAsync<TPage>(
        HttpContext http, string name, string? after, Func<string?, ValueTask<TPage>> read, Func<TPage, (string Cursor, bool More)> next,
        Func<TPage, Action<object>, ExportCursorLine> write, CancellationToken cancellation)
    {
        if (!QueryParameters.TryReadCursor(after, out var place, out _)) return UnknownCursor();
        TPage page;
        try
        {
            page = await read(place.Length == 0 ? null : place);
        }
        catch (ArgumentException)
        {
            return UnknownCursor();
        }

        http.Response.ContentType = "application/x-ndjson";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}.ndjson\"";
        var body = http.Response.BodyWriter;
        await using var json = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        while (true)
        {
            Line(write(page, Line));
            await body.FlushAsync(cancellation);
            var (cursor, more) = next(page);
            if (!more) return Results.Empty;
            page = await read(cursor);
        }

        void Line(object line)
        {
            JsonSerializer.Serialize(json, line, line.GetType(), RollupJson.Options);
            json.Flush();
            json.Reset();
            body.Write("\n"u8);
        }
    }

    private static IResult UnknownCursor() => ApiProblems.BadParameter(
        "after", "Not a cursor of this export: pass on the last that it gave, or none for everything. If it was, the store went back to an older copy: take everything anew");
}
