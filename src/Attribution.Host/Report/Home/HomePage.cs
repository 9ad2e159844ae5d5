using System.Globalization;
using System.Net;
using System.Text;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Report.Rollups;
using Attribution.Storage;
using Microsoft.AspNetCore.WebUtilities;

namespace Attribution.Host.Report.Home;

/// <summary>The page at <c>/</c>: the creators of the default brand (or <c>?brand=</c>) over the last 30 local days, by net revenue. No script, no asset.</summary>
internal static class HomePage
{
    private const int Days = 30;
    private const int Most = 50;

    public static void MapHome(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/", (string? brand, CatalogSource source, IRollupStore store, TimeProvider time, CancellationToken cancellation) =>
                ShowAsync(brand ?? BrandId, source, store, time, cancellation))
            .TakesQuery("brand").ExcludeFromDescription();

    private static string BrandId => CatalogRules.DefaultBrand.Id;

    private static async Task<IResult> ShowAsync(string brandId, CatalogSource source, IRollupStore store, TimeProvider time, CancellationToken cancellation)
    {
        var catalog = await source.RefreshAsync(cancellation);
        if (catalog.Brand(brandId) is not { } brand) return ReportProblems.BadParameter("brand", $"There is no brand '{brandId}'");
        var today = brand.Calendar.DayOf(Timestamp.From(time.GetUtcNow()));
        var query = new RollupQuery
        {
            Brand = brand, From = today.AddDays(1 - Days), To = today, Models = [brand.ReportedModel], GroupBy = new(Day: false, Campaign: false, Creator: true),
        };

        var rows = new List<(long Net, RollupRow Row)>();
        var reading = await store.ReadAsync(brand.Id, query.From, query.To, asOf: null, cancellation);
        await foreach (var (key, sums) in new RollupGroups(query, reading).ReadAsync(cancellation))
        {
            if (key is { Attributed: true, Creator: not null } && sums.Of(brand.ReportedModel) is { } cell && RollupRow.Of(query, key, cell, brand.ReportedModel, null) is { } row)
                rows.Add((RollupFigures.Of(cell, brand.ReportedModel, query.View).Net, row));
        }
        return Results.Content(Html(query, rows, catalog), "text/html; charset=utf-8");
    }

    private static string Html(RollupQuery query, List<(long Net, RollupRow Row)> rows, Core.Catalog.Catalog catalog)
    {
        var api = QueryHelpers.AddQueryString("/v1/rollups/daily", new Dictionary<string, string?>
        {
            ["from"] = query.From.ToString("O", CultureInfo.InvariantCulture), ["to"] = query.To.ToString("O", CultureInfo.InvariantCulture),
            ["brand"] = query.Brand.Id, ["groupBy"] = "campaign,creator",
        });
        var body = new StringBuilder();
        foreach (var (_, row) in rows.OrderByDescending(each => each.Net).ThenBy(each => each.Row.CreatorId, StringComparer.Ordinal).Take(Most))
        {
            body.Append("<tr>");
            string?[] cells = [NameOf(catalog, row.CreatorId!), $"{row.Clicks}", $"{row.Orders}", row.Conversions.TrimEnd('0').TrimEnd('.'), row.Net, row.Cost.Total, row.RoiPercent is { } roi ? $"{roi} %" : "–", row.Roas ?? "–"];
            foreach (var cell in cells) body.Append("<td>").Append(Text(cell)).Append("</td>");
            body.AppendLine("</tr>");
        }
        if (rows.Count == 0) body.AppendLine("<tr><td colspan=\"8\">Nothing yet. Write a catalog, post events, and look again in a few seconds.</td></tr>");
        return $$"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Attribution</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
            table { border-collapse: collapse; width: 100% } th, td { padding: .35rem .6rem; border-bottom: 1px solid #ddd; text-align: right }
            th:first-child, td:first-child { text-align: left } caption { text-align: left; padding: .5rem 0 }
            </style></head><body>
            <h1>Creators</h1>
            <p><a href="{{Text(api)}}">API</a> · <a href="{{Text(api + "&format=csv")}}">CSV</a> · <a href="/docs/index.html">API description</a></p>
            <table><caption>Brand {{Text(query.Brand.Id)}}, {{query.From:yyyy-MM-dd}} to {{query.To:yyyy-MM-dd}}, by net revenue in {{Text(query.Brand.Currency.Code)}}</caption>
            <thead><tr><th>Creator</th><th>Clicks</th><th>Orders</th><th>Conversions</th><th>Net</th><th>Cost</th><th>ROI</th><th>ROAS</th></tr></thead>
            <tbody>
            {{body}}</tbody></table>
            </body></html>
            """;
    }

    private static string NameOf(Core.Catalog.Catalog catalog, string creator) =>
        catalog.Contents.Items.TryGetValue(new(CatalogKind.Creators, creator), out var item) && item is CreatorItem { Name: var name } ? name : creator;

    private static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");
}
