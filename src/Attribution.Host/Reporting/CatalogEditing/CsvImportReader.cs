using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Reporting.Api;
using Attribution.Host.Reporting.Export;
using CsvHelper;
using CsvHelper.Configuration;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>Reads an import in CSV: a header of column names, then an item a line; exchange rates also as the European Central Bank publishes them. RFC 4180 quoting; comma, semicolon or tab, by what the header holds most of.</summary>
internal static class CsvImportReader
{
    /// <summary>Reads the lines; the problem to answer where the header is at fault.</summary>
    public static IResult? Read(Type type, ReadOnlyMemory<byte> body, List<ImportLine> lines, int most)
    {
        var text = Encoding.UTF8.GetString(body.Span).TrimStart('\uFEFF');
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = DetectDelimiter(text), HasHeaderRecord = false, BadDataFound = null, MissingFieldFound = null, IgnoreBlankLines = true,
        };
        using var parser = new CsvParser(new StringReader(text), configuration);
        if (!parser.Read()) return ApiProblems.BadRequest("The import is empty", "The first line must be a header of column names");
        if (type == typeof(FxRateItem) && EcbRateReader.IsHeader(parser.Record!))
        {
            EcbRateReader.Read(parser, lines, most);
            return null;
        }

        if (ReadHeader(type, parser.Record!, out var columns) is { } fault) return fault;
        while (lines.Count <= most && parser.Read()) lines.Add(ReadLine(type, columns, parser));
        return null;
    }

    private static ImportLine ReadLine(Type type, ItemColumn[] columns, CsvParser parser)
    {
        var cells = parser.Record!;
        // A quoted cell may hold line ends; the line that a person looks for is the one the record begins on.
        var number = parser.RawRow - parser.RawRecord.TrimEnd('\r', '\n').Count('\n');
        if (cells.Length != columns.Length)
            return new(number, null, [new(Malformed, "", $"The line has {cells.Length} cells, the header {columns.Length}. Quote cells that hold the delimiter, a quote or a line end")]);
        var item = new JsonObject();
        var faults = new List<CatalogFault>();
        for (var i = 0; i < cells.Length; i++)
        {
            if (cells[i].Length > 0 && columns[i].SetCell(item, columns[i].Type == typeof(string) ? CsvFormat.RestoreFormula(cells[i]) : cells[i]) is { } fault)
                faults.Add(new(MemberWrongType, "/" + columns[i].Name.Replace('.', '/'), fault));
        }
        if (faults.Count > 0) return new(number, null, faults);
        var (read, wrong) = ItemReader.Read(type, JsonSerializer.SerializeToElement(item), id: null);
        return new(number, read, wrong);
    }

    private static IResult? ReadHeader(Type type, string[] names, out ItemColumn[] columns)
    {
        var known = ItemColumns.ForType(type);
        var unknown = names.Where(name => !known.Any(column => column.Name == name.Trim())).ToArray();
        columns = [];
        if (unknown.Length > 0)
            return ApiProblems.BadRequest("Unknown column", $"There is no column {string.Join(", ", unknown.Select(name => $"'{Shorten(name)}'"))}; known: {string.Join(", ", known.Select(column => column.Name))}");
        if (names.GroupBy(name => name.Trim()).FirstOrDefault(group => group.Count() > 1) is { } twice)
            return ApiProblems.BadRequest("Column named twice", $"The header names '{twice.Key}' more than once");
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
