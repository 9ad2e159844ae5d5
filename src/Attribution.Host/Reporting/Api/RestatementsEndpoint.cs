using System.ComponentModel;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Ledger;

namespace Attribution.Host.Reporting.Api;

/// <summary>What changed on days that were closed: who, what, when, by how much, which event.</summary>
internal static class RestatementsEndpoint
{
    private const int ChunkSize = 500;

    public static void MapRestatements(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/restatements", (
                [Description("Needed. First local day of recording, inside: 2026-03-01.")] string? from,
                [Description("Needed. Last local day of recording, inside. At most three years after the first.")] string? to,
                [Description("The brand; default when absent.")] string? brand,
                [Description("Of this campaign only.")] string? campaign,
                [Description("Of this creator only.")] string? creator,
                [Description("Which day must have been closed. cash (default): the day a line stands on, which for a refund is the refund's; cohort: the order's day, for refunds too.")] string? view,
                [Description("Most lines of the page, 1 to 1000; 100 when absent.")] string? limit,
                [Description("The cursor that the page before answered; absent for the first.")] string? cursor,
                [Description("json or csv (whole, without limit and cursor); by the header Accept when absent, else json.")] string? format,
                HttpContext http, CatalogCache source, ILedgerStore store, CancellationToken cancellation) =>
                AnswerAsync(view, limit, cursor, http, source, store, cancellation))
            .AllowQueryParameters("from", "to", "brand", "campaign", "creator", "view", "limit", "cursor", "format")
            .WithTags("Report").WithName("ListRestatements")
            .WithSummary("Changes of days that were closed, from the ledger: day, conversion, placement, amount, reason, causing event, moment.")
            .WithDescription("By the moment of recording. The first page sums up the whole span by reason and by campaign and creator. The book model alone writes the ledger. The net of a closed day as it stands is its net when it closed plus the amounts listed for the day, in the same view.")
            .Produces<RestatementsAnswer>(StatusCodes.Status200OK, "application/json", "text/csv").ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<IResult> AnswerAsync(
        string? view, string? limitText, string? cursorText, HttpContext http, CatalogCache source, ILedgerStore store, CancellationToken cancellation)
    {
        var (scope, fault) = QueryScope.Parse(http.Request.Query, await source.RefreshAsync(cancellation));
        if (scope is null) return fault!;
        return CsvFormat.TryReadFormat(http.Request, out var csv, out fault)
            ? await AnswerAsync(scope, view, limitText, cursorText, csv ? http.Response : null, store, cancellation)
            : fault;
    }

    /// <summary>The answer, or the problem.</summary>
    /// <param name="scope">Days, brand, campaign and creator.</param>
    /// <param name="view">As given; null when absent.</param>
    /// <param name="limitText">As given; null when absent.</param>
    /// <param name="cursorText">As given; null when absent.</param>
    /// <param name="csv">Where CSV is written to; null: not asked for.</param>
    /// <param name="store">Where from.</param>
    /// <param name="cancellation">Gives up.</param>
    internal static async Task<IResult> AnswerAsync(
        QueryScope scope, string? view, string? limitText, string? cursorText, HttpResponse? csv, ILedgerStore store, CancellationToken cancellation)
    {
        if (!QueryParameters.TryReadLimit(limitText, out var limit, out var fault) || !QueryParameters.TryReadCursor(cursorText, out var after, out fault)) return fault;
        if (view is not (null or "cash" or "cohort")) return ApiProblems.BadParameter("view", "cash (the day a line stands on had closed) or cohort (the order's day had)");
        var query = new RestatementFilter(
            scope.Brand.Id, scope.Brand.Calendar.StartOf(scope.From), scope.Brand.Calendar.EndOf(scope.To),
            view == "cohort" ? RestatedDay.OrderDay : RestatedDay.EntryDay, scope.Campaign, scope.Creator);
        var currency = scope.Brand.Currency;
        if (csv is not null)
        {
            if (limitText is not null || cursorText is not null) return QueryParameters.PagingNotAllowed(limitText);
            await WriteCsvAsync(csv, $"restatements-{scope.From:O}-{scope.To:O}.csv", query, currency, store, cancellation);
            return Results.Empty;
        }

        try
        {
            var (lines, next) = await store.ListRestatementsAsync(query, after.Length == 0 ? null : after, limit, cancellation);
            var summary = after.Length == 0 ? RestatementSummary.FromSums(await store.SumRestatementsAsync(query, cancellation), currency) : null;
            return Results.Json(
                new RestatementsAnswer(
                    [.. lines.Select(line => RestatementLine.FromRestatement(line, query.Day, currency))], next is null ? null : QueryParameters.EncodeCursor(next), currency.Code, summary),
                ReportJson.Options);
        }
        catch (ArgumentException)
        {
            return QueryParameters.UnknownCursor();
        }
    }

    private static async Task WriteCsvAsync(
        HttpResponse response, string name, RestatementFilter query, Currency currency, ILedgerStore store, CancellationToken cancellation)
    {
        await using var text = CsvFormat.OpenWriter(response, name);
        await text.WriteLineAsync(RestatementLine.CsvHeader.AsMemory(), cancellation);
        string? cursor = null;
        do
        {
            (var lines, cursor) = await store.ListRestatementsAsync(query, cursor, ChunkSize, cancellation);
            foreach (var line in lines) await text.WriteLineAsync(RestatementLine.FromRestatement(line, query.Day, currency).ToCsvLine(currency.Code).AsMemory(), cancellation);
        }
        while (cursor is not null);
        await text.FlushAsync(cancellation);
    }
}
