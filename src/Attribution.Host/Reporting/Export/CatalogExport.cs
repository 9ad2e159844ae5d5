using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Reporting.CatalogEditing;
using CsvHelper;
using CsvHelper.Configuration;

namespace Attribution.Host.Reporting.Export;

/// <summary>
/// Writer of catalog items in the format of an import. Importing the file into the same catalog changes nothing.
/// </summary>
internal static class CatalogExport
{
    private const int FlushThreshold = 64 * 1024;

    /// <summary>Writes items as a file.</summary>
    /// <param name="response">The response.</param>
    /// <param name="kind">Kind of the items.</param>
    /// <param name="isCsv">True for CSV, false for NDJSON.</param>
    /// <param name="items">The items.</param>
    /// <param name="cancellation">Cancels writing.</param>
    public static async Task WriteAsync<TItem>(
        HttpResponse response, CatalogKindInfo kind, bool isCsv, IEnumerable<TItem> items,
        CancellationToken cancellation)
        where TItem : class, ICatalogItem
    {
        response.ContentType = isCsv ? "text/csv; charset=utf-8" : "application/x-ndjson";
        response.Headers.ContentDisposition = $"attachment; filename=\"{kind.Name}.{(isCsv ? "csv" : "ndjson")}\"";
        var writer = new StreamWriter(
            response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), FlushThreshold,
            leaveOpen: true) { NewLine = "\n" };
        await using (writer.ConfigureAwait(false))
        {
            if (isCsv) await WriteCsvAsync(writer, items, cancellation);
            else
                foreach (var item in items) await writer.WriteLineAsync(
                    JsonSerializer.Serialize(item, ReportJson.Options).AsMemory(), cancellation);
        }
    }

    /// <summary>Writes items as a workbook with the columns of the CSV. It is for reading; an import does not accept it.</summary>
    public static Task WriteWorkbookAsync<TItem>(
        HttpResponse response, CatalogKindInfo kind, IEnumerable<TItem> items, CancellationToken cancellation)
        where TItem : class, ICatalogItem =>
        TableWriter.WriteAsync<JsonObject>(
            response, kind.Name,
            [
                .. ItemColumns.ForType(typeof(TItem)).Select(column => new TableColumn<JsonObject>(column.Name, item => ReadCell(column, item))
                {
                    HasDays = column.Type == typeof(DateOnly),
                }),
            ],
            items.Select(item => JsonSerializer.SerializeToNode(item, ReportJson.Options)!.AsObject()), cancellation);

    private static object? ReadCell(ItemColumn column, JsonObject item) => column.GetCell(item) switch
    {
        "" => null,
        var day when column.Type == typeof(DateOnly) => DateOnly.ParseExact(day, "O", CultureInfo.InvariantCulture),
        var flag when column.Type == typeof(bool) => bool.Parse(flag),
        var number when TableCell.IsNumber(column.Type) => decimal.Parse(number, CultureInfo.InvariantCulture),
        var text => text,
    };

    private static async Task WriteCsvAsync<TItem>(
        StreamWriter writer, IEnumerable<TItem> items, CancellationToken cancellation)
    {
        var columns = ItemColumns.ForType(typeof(TItem));
        var csv = new CsvWriter(
            writer, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\r\n" }, leaveOpen: true);
        await using (csv.ConfigureAwait(false))
        {
            foreach (var column in columns) csv.WriteField(column.Name);
            await csv.NextRecordAsync();
            foreach (var item in items)
            {
                var json = JsonSerializer.SerializeToNode(item, ReportJson.Options)!.AsObject();
                foreach (var column in columns)
                    csv.WriteField(column.Type == typeof(string) ? CsvFormat.NeutralizeFormula(
                        column.GetCell(json)) : column.GetCell(json));
                await csv.NextRecordAsync();
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }
}
