using System.Text;

namespace Attribution.Host.Reporting.Export;

/// <summary>
/// The CSV dialect of the reporting stage: RFC 4180, CRLF, UTF-8, with a header, without thousands separators.
/// </summary>
internal static class CsvFormat
{
    private const int FlushThreshold = 64 * 1024;

    /// <summary>Turns the response into a file download and returns a writer for its body.</summary>
    /// <param name="response">The response.</param>
    /// <param name="fileName">The name of the file.</param>
    /// <param name="hasMark">True for a byte order mark.</param>
    public static StreamWriter OpenWriter(HttpResponse response, string fileName, bool hasMark = false)
    {
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = Attachment(fileName);
        return new StreamWriter(response.Body, new UTF8Encoding(hasMark), FlushThreshold,
            leaveOpen: true) { NewLine = "\r\n" };
    }

    /// <summary>Returns the header that turns a response into a download.</summary>
    public static string Attachment(string fileName) => $"attachment; filename=\"{fileName}\"";

    /// <summary>Converts a text to a cell: spreadsheets do not evaluate it, and it is quoted if necessary.</summary>
    public static string EscapeCell(string? text, char separator = ',')
    {
        if (string.IsNullOrEmpty(text)) return "";
        text = NeutralizeFormula(text);
        return text.Contains(separator, StringComparison.Ordinal) || text.AsSpan().ContainsAny("\"\r\n")
            ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    /// <summary>Prefixes a text with an apostrophe if a spreadsheet would evaluate it as a formula.</summary>
    public static string NeutralizeFormula(string text) => IsFormula(text) ? "'" + text : text;

    /// <summary>Reverses <see cref="NeutralizeFormula"/>.</summary>
    public static string RestoreFormula(string cell) => cell.StartsWith('\'') && IsFormula(cell) ? cell[1..] : cell;

    // Leading apostrophes are skipped, so that a text that already begins with one is restored exactly.
    private static bool IsFormula(string text) => text.AsSpan()
        .TrimStart('\'') is ['=' or '+' or '-' or '@' or '\t' or '\r', ..];
}
