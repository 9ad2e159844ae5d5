using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries;

namespace Attribution.Host.Reporting.Export;

/// <summary>The format of a table that is downloaded.</summary>
/// <param name="IsWorkbook">True for XLSX, false for CSV.</param>
/// <param name="HasLabels">True if columns have labels for readers; false for the names of the API.</param>
/// <param name="HasSemicolons">True if cells of CSV are separated by semicolons; false for commas.</param>
/// <param name="HasDecimalCommas">True if numbers of CSV have a decimal comma; false for a point.</param>
/// <param name="HasMark">True if CSV begins with a byte order mark, by which spreadsheets recognize UTF-8.</param>
internal sealed record TableFormat(bool IsWorkbook, bool HasLabels, bool HasSemicolons, bool HasDecimalCommas, bool HasMark)
{
    /// <summary>Name of the query parameter with the options.</summary>
    public const string OptionsParameter = "options";

    /// <summary>Media type of XLSX.</summary>
    public const string WorkbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    private const string Labels = "labels", Semicolon = "semicolon", DecimalComma = "decimal-comma", Mark = "bom";

    private static readonly string[] Known = [Labels, Semicolon, DecimalComma, Mark];

    /// <summary>Gets the extension of file names, with its point.</summary>
    public string Extension => IsWorkbook ? ".xlsx" : ".csv";

    /// <summary>Gets a text that differs between formats, for entity tags.</summary>
    public string Tag => string.Concat(
        IsWorkbook ? "xlsx" : "csv", HasLabels ? "l" : "", HasSemicolons ? "s" : "", HasDecimalCommas ? "d" : "", HasMark ? "b" : "");

    /// <summary>Gets the separator of cells.</summary>
    public char Separator => HasSemicolons ? ';' : ',';

    /// <summary>Reads the options of a format, or returns the problem of an unknown or useless one.</summary>
    public static QueryResult<TableFormat> Parse(bool isWorkbook, string? options)
    {
        var names = (options ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
            return QueryProblem.BadParameter(
                OptionsParameter, $"Unknown option '{unknown}'{SimilarNames.Suggest(unknown, Known)}. Options: {string.Join(", ", Known)}");
        if (isWorkbook && names.FirstOrDefault(name => name != Labels) is { } textual)
            return QueryProblem.BadParameter(OptionsParameter, $"'{textual}' is an option of csv. A workbook has numbers, which need none");
        var hasCommas = names.Contains(DecimalComma);
        return new TableFormat(isWorkbook, names.Contains(Labels), hasCommas || names.Contains(Semicolon), hasCommas, names.Contains(Mark));
    }

    /// <summary>Reads the format of a request that <see cref="Parse"/> accepts; its path or <c>format</c> names XLSX.</summary>
    /// <exception cref="BadHttpRequestException">The options are invalid.</exception>
    public static TableFormat FromRequest(HttpRequest request) =>
        Parse(request.Query["format"] == "xlsx" || request.Path.Value?.EndsWith(".xlsx", StringComparison.Ordinal) == true,
            request.Query[OptionsParameter]).TryGet(out var format, out var problem)
            ? format : throw new BadHttpRequestException($"{problem.Title}. {problem.Detail}.");
}
