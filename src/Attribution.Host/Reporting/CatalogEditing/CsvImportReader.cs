using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using CsvHelper;
using CsvHelper.Configuration;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>
/// Reader of imports in CSV: a header of column names, then one item per line. Exchange rates may also be in the format
/// of the European Central Bank. Quoting follows RFC 4180; the separator is the comma, semicolon or tab that occurs
/// most often in the header.
/// </summary>
internal static class CsvImportReader
{
    /// <summary>Reads the lines; returns a problem if the header is invalid, otherwise null.</summary>
    public static QueryProblem? Read(
        Type type, ReadOnlyMemory<byte> body, List<ImportLine> lines, int maxLines, EcbRateReader bank)
    {
        var text = Encoding.UTF8.GetString(body.Span).TrimStart('\uFEFF');
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = DetectDelimiter(text), HasHeaderRecord = false, BadDataFound = null, MissingFieldFound = null,
            IgnoreBlankLines = true,
        };
        using var parser = new CsvParser(new StringReader(text), configuration);
        if (!parser.Read())
            return QueryProblem.BadRequest("The import is empty", "The first line must be a header of column names");
        if (type == typeof(FxRateItem) && EcbRateReader.IsHeader(parser.Record!))
        {
            bank.ReadCsv(parser, maxLines);
            return null;
        }

        if (ReadHeader(type, parser.Record!, out var columns) is { } problem) return problem;
        while (lines.Count <= maxLines && parser.Read()) lines.Add(ReadLine(type, columns, parser));
        return null;
    }

    private static ImportLine ReadLine(Type type, ItemColumn[] columns, CsvParser parser)
    {
        var cells = parser.Record!;
        // A quoted cell may contain line ends; the reported number is that of the first line of the record.
        var number = parser.RawRow - parser.RawRecord.TrimEnd('\r', '\n').Count('\n');
        if (cells.Length != columns.Length)
            return new(number, null,
                [new(Malformed, "",
                $"The line has {cells.Length} cells, but the header has {columns.Length}. Quote cells that contain the "
                + "delimiter, a quote or a line end")]);
        var item = new JsonObject();
        var faults = new List<CatalogFault>();
        for (var i = 0; i < cells.Length; i++)
        {
            if (cells[i].Length > 0 && columns[i].SetCell(
                item, columns[i].Type == typeof(string) ? CsvFormat.RestoreFormula(cells[i]) : cells[i]) is { } fault)
                faults.Add(new(MemberWrongType, "/" + columns[i].Name.Replace('.', '/'), fault));
        }
        if (faults.Count > 0) return new(number, null, faults);
        var (read, wrong) = ItemReader.Read(type, JsonSerializer.SerializeToElement(item), id: null);
        return new(number, read, wrong);
    }

    private static QueryProblem? ReadHeader(Type type, string[] names, out ItemColumn[] columns)
    {
        var known = ItemColumns.ForType(type);
        var unknown = names.Where(name => !known.Any(column => column.Name == name.Trim())).ToArray();
        columns = [];
        if (unknown.Length > 0)
            return QueryProblem.BadRequest(
                "Unknown column",
                $"There is no column {string.Join(", ", unknown.Select(name => $"'{Shorten(name)}'"))}. Known columns: "
                    + $"{string.Join(", ", known.Select(column => column.Name))}");
        if (names.GroupBy(name => name.Trim()).FirstOrDefault(group => group.Count() > 1) is { } twice)
            return QueryProblem.BadRequest("Repeated column", $"The header contains '{twice.Key}' more than once");
        columns = [.. names.Select(name => known.First(column => column.Name == name.Trim()))];
        return null;
    }

    private static string Shorten(string name) => name.Length <= 80 ? name : name[..80] + "…";

    private static string DetectDelimiter(string text)
    {
        var header = text.AsSpan(0, text.IndexOf('\n') is >= 0 and var end ? end : text.Length);
        var (best, count) = (",", header.Count(','));
        if (header.Count(';') > count) (best, count) = (";", header.Count(';'));
        return header.Count('\t') > count ? "\t" : best;
    }
}
