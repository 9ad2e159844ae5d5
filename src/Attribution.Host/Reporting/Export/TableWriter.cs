using Microsoft.AspNetCore.WebUtilities;
using MiniExcelLibs;
using MiniExcelLibs.Attributes;
using MiniExcelLibs.OpenXml;

namespace Attribution.Host.Reporting.Export;

/// <summary>Writer of tables in the format that a request asks for: CSV, row by row, or a workbook (XLSX).</summary>
internal static class TableWriter
{
    /// <summary>Rows of a sheet, without its header.</summary>
    public const int MaxSheetRows = 1_048_575;

    private const int DayWidth = 12;

    /// <summary>Writes a table as a download.</summary>
    /// <param name="response">The response.</param>
    /// <param name="fileName">The name of the file, without its extension.</param>
    /// <param name="columns">The columns, in order.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="cancellation">Cancels the writing.</param>
    public static async Task WriteAsync<T>(
        HttpResponse response, string fileName, IReadOnlyList<TableColumn<T>> columns, IAsyncEnumerable<T> rows, CancellationToken cancellation)
    {
        var format = TableFormat.FromRequest(response.HttpContext.Request);
        if (format.IsWorkbook) await WriteWorkbookAsync(response, fileName + format.Extension, format, columns, rows, cancellation);
        else await WriteTextAsync(response, fileName + format.Extension, format, columns, rows, cancellation);
    }

    /// <summary>Writes a table of rows that are at hand.</summary>
    public static Task WriteAsync<T>(
        HttpResponse response, string fileName, IReadOnlyList<TableColumn<T>> columns, IEnumerable<T> rows, CancellationToken cancellation) =>
        WriteAsync(response, fileName, columns, rows.ToAsyncEnumerable(), cancellation);

    private static async Task WriteTextAsync<T>(
        HttpResponse response, string fileName, TableFormat format, IReadOnlyList<TableColumn<T>> columns, IAsyncEnumerable<T> rows,
        CancellationToken cancellation)
    {
        await using var text = CsvFormat.OpenWriter(response, fileName, format.HasMark);
        await text.WriteLineAsync(Join(columns.Select(column => CsvFormat.EscapeCell(NameOf(column, format), format.Separator))), cancellation);
        await foreach (var row in rows.WithCancellation(cancellation))
            await text.WriteLineAsync(Join(columns.Select(column => FormatCell(column.Value(row), format))), cancellation);
        await text.FlushAsync(cancellation);

        ReadOnlyMemory<char> Join(IEnumerable<string> cells) => string.Join(format.Separator, cells).AsMemory();
    }

    /// <summary>
    /// Writes a workbook of one sheet. It is complete before the response begins, so that too many rows are answered with a problem.
    /// </summary>
    private static async Task WriteWorkbookAsync<T>(
        HttpResponse response, string fileName, TableFormat format, IReadOnlyList<TableColumn<T>> columns, IAsyncEnumerable<T> rows,
        CancellationToken cancellation)
    {
        // The header is a row of its own, because the library writes none without rows.
        var keys = columns.Select((_, i) => $"c{i}").ToArray();
        var configuration = new OpenXmlConfiguration
        {
            DynamicColumns =
            [
                .. columns.Index().Where(column => column.Item.HasDays)
                    .Select(column => new DynamicExcelColumn(keys[column.Index]) { Index = column.Index, Format = "yyyy-mm-dd", Width = DayWidth }),
            ],
        };
        await using var file = new FileBufferingWriteStream();
        await file.SaveAsAsync(ReadRows(), printHeader: false, configuration: configuration, cancellationToken: cancellation);
        response.ContentType = TableFormat.WorkbookType;
        response.Headers.ContentDisposition = CsvFormat.Attachment(fileName);
        await file.DrainBufferAsync(response.Body, cancellation);

        IEnumerable<IDictionary<string, object?>> ReadRows()
        {
            yield return Zip(columns.Select(column => (object?)NameOf(column, format)));
            var count = 0;
            foreach (var row in rows.ToBlockingEnumerable(cancellation))
            {
                if (++count > MaxSheetRows)
                    throw new BadHttpRequestException($"A sheet has at most {MaxSheetRows} rows. Restrict the request, or use format=csv.");
                yield return Zip(columns.Select(column => TableCell.ToCell(column.Value(row))));
            }
        }

        IDictionary<string, object?> Zip(IEnumerable<object?> cells) =>
            keys.Zip(cells).ToDictionary(cell => cell.First, cell => cell.Second);
    }

    private static string NameOf<T>(TableColumn<T> column, TableFormat format) => format.HasLabels ? column.Label : column.Name;

    private static string FormatCell(object? value, TableFormat format)
    {
        var text = TableCell.ToText(value);
        return TableCell.IsNumber(value)
            ? format.HasDecimalCommas ? text.Replace('.', ',') : text
            : CsvFormat.EscapeCell(text, format.Separator);
    }
}
