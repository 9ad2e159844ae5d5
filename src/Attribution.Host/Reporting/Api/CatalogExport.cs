using System.Globalization;
using System.Text;
using System.Text.Json;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.CatalogEditing;
using Attribution.Host.Reporting.Export;
using CsvHelper;
using CsvHelper.Configuration;

namespace Attribution.Host.Reporting.Api;

/// <summary>All items of a kind as a file that an import takes: importing it where it came from changes nothing.</summary>
internal static class CatalogExport
{
    private const int FlushThreshold = 64 * 1024;

    public static async Task<IResult> ExportAsync<TItem>(CatalogKindInfo kind, string format, HttpContext http, CatalogCache source, CancellationToken cancellation)
        where TItem : class, ICatalogItem
    {
        if (format is not ("csv" or "ndjson")) return ApiProblems.BadParameter("format", "json, csv or ndjson");
        if (http.Request.Query.ContainsKey("limit") || http.Request.Query.ContainsKey("cursor"))
            return ApiProblems.BadParameter(http.Request.Query.ContainsKey("limit") ? "limit" : "cursor", "A file holds all of them: leave it out, or ask for format=json");
        var catalog = await source.RefreshAsync(cancellation);
        var items = catalog.Contents.Items.Values.OfType<TItem>().Where(item => CatalogEndpoints.IsVisibleTo(http, item, catalog)).OrderBy(item => item.Id, StringComparer.Ordinal);

        http.Response.ContentType = format == "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{kind.Name}.{format}\"";
        var writer = new StreamWriter(http.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), FlushThreshold, leaveOpen: true) { NewLine = "\n" };
        await using (writer.ConfigureAwait(false))
        {
            if (format == "csv") await WriteCsvAsync(writer, items, cancellation);
            else
                foreach (var item in items) await writer.WriteLineAsync(JsonSerializer.Serialize(item, ReportJson.Options).AsMemory(), cancellation);
        }
        return Results.Empty;
    }

    private static async Task WriteCsvAsync<TItem>(StreamWriter writer, IEnumerable<TItem> items, CancellationToken cancellation)
    {
        var columns = ItemColumns.ForType(typeof(TItem));
        var csv = new CsvWriter(writer, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\r\n" }, leaveOpen: true);
        await using (csv.ConfigureAwait(false))
        {
            foreach (var column in columns) csv.WriteField(column.Name);
            await csv.NextRecordAsync();
            foreach (var item in items)
            {
                var json = JsonSerializer.SerializeToNode(item, ReportJson.Options)!.AsObject();
                foreach (var column in columns) csv.WriteField(column.Type == typeof(string) ? CsvFormat.NeutralizeFormula(column.GetCell(json)) : column.GetCell(json));
                await csv.NextRecordAsync();
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }
}
