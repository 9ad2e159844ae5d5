using System.Text;
using Attribution.Host.Reporting.Api;

namespace Attribution.Host.Reporting.Export;

/// <summary>CSV as this stage writes it: RFC 4180, CRLF, UTF-8, a header, no thousands separators.</summary>
internal static class CsvFormat
{
    private const int FlushThreshold = 64 * 1024;

    /// <summary>Whether CSV is asked for: by <c>format</c>, json or csv; by the header Accept where that is absent; else not.</summary>
    public static bool TryReadFormat(HttpRequest request, out bool csv, out IResult fault)
    {
        var format = request.Query.TryGetValue("format", out var values) ? values.ToString() : null;
        csv = format == "csv" || (format is null && PrefersCsv(request));
        fault = format is null or "json" or "csv" ? Results.Empty : ApiProblems.BadParameter("format", "json or csv");
        return format is null or "json" or "csv";
    }

    /// <summary>Makes the answer a file of this name, and the writer to write it with.</summary>
    public static StreamWriter OpenWriter(HttpResponse response, string fileName)
    {
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"{fileName}\"";
        return new StreamWriter(response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), FlushThreshold, leaveOpen: true) { NewLine = "\r\n" };
    }

    /// <summary>A text as a cell: harmless to a spreadsheet, quoted where it must be.</summary>
    public static string EscapeCell(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        text = NeutralizeFormula(text);
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    /// <summary>A text that no spreadsheet takes for a formula: one that could be has an apostrophe before it.</summary>
    public static string NeutralizeFormula(string text) => IsFormula(text) ? "'" + text : text;

    /// <summary>The text that <see cref="NeutralizeFormula"/> was made of.</summary>
    public static string RestoreFormula(string cell) => cell.StartsWith('\'') && IsFormula(cell) ? cell[1..] : cell;

    // What apostrophes stand before counts too, so that each text comes back as it was.
    private static bool IsFormula(string text) => text.AsSpan().TrimStart('\'') is ['=' or '+' or '-' or '@' or '\t' or '\r', ..];

    private static bool PrefersCsv(HttpRequest request) =>
        request.GetTypedHeaders().Accept.OrderByDescending(type => type.Quality ?? 1)
            .Select(type => type.MediaType.Value).FirstOrDefault(type => type is "text/csv" or "application/json" or "*/*") == "text/csv";
}
