using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Attribution.Host.Reporting.Queries;

namespace Attribution.Host.Reporting.Export;

/// <summary>
/// Writer of change feeds as NDJSON: lines under permanent ids and, after each page, a line with a cursor that confirms
/// that everything before it is complete. An interrupted download is resumed from the last cursor received.
/// </summary>
internal static class ChangeFeedWriter
{
    /// <summary>
    /// Writes page after page, each followed by its cursor, until all pages are written. Only one page is held in
    /// memory.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="name">Name of the file.</param>
    /// <param name="after">Encoded cursor of the client; null for everything.</param>
    /// <param name="read">Reads the page after a position; null for the first page.</param>
    /// <param name="next">Returns the position after a page, and whether more pages follow.</param>
    /// <param name="write">Writes the lines of a page and returns its cursor line.</param>
    /// <param name="cancellation">Cancels writing.</param>
    /// <returns>The problem of an unknown cursor; null after the feed was written.</returns>
    public static async Task<QueryProblem?> WriteAsync<TPage>(
        HttpContext http, string name, string? after, Func<string?, ValueTask<TPage>> read, Func<TPage,
        (string Cursor, bool HasMore)> next,
        Func<TPage, Action<object>, ExportCursorLine> write, CancellationToken cancellation)
    {
        string? position = null;
        if (after is not null && !PageRequest.TryDecodeCursor(after, out position)) return UnknownCursor();
        TPage page;
        try
        {
            page = await read(position);
        }
        catch (ArgumentException)
        {
            return UnknownCursor();
        }

        http.Response.ContentType = "application/x-ndjson";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}.ndjson\"";
        var body = http.Response.BodyWriter;
        await using var json = new Utf8JsonWriter(
            body, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        while (true)
        {
            WriteLine(write(page, WriteLine));
            await body.FlushAsync(cancellation);
            var (cursor, hasMore) = next(page);
            if (!hasMore) return null;
            page = await read(cursor);
        }

        void WriteLine(object line)
        {
            JsonSerializer.Serialize(json, line, line.GetType(), ReportJson.Options);
            json.Flush();
            json.Reset();
            body.Write("\n"u8);
        }
    }

    private static QueryProblem UnknownCursor() => QueryProblem.BadParameter(
        "after",
        "Unknown cursor. Send the last cursor of this export, or omit it to export everything. If the cursor was valid "
            + "before, the store was restored from an older copy: export everything again");
}
