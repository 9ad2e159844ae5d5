using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Attribution.Host.Ingest.Webhooks;

namespace Attribution.Host.Ingest.Api;

/// <summary>How every door of the ingest answers: 202 with a result an event, or a problem that says what to do.</summary>
internal static class IngestResponses
{
    /// <summary>Seconds that a sender should wait after a 503.</summary>
    private const int RetryAfterSeconds = 2;

    /// <summary>Has a request taken, and answers what it is refused for as a whole.</summary>
    public static async Task ExecuteAsync(HttpContext http, Func<Task> take)
    {
        try
        {
            await take();
        }
        catch (RequestRejectedException e)
        {
            await WriteProblemAsync(http, e.Status, e.Reason, e.Message);
        }
        catch (SignatureRejectedException e)
        {
            await WriteProblemAsync(http, StatusCodes.Status401Unauthorized, e.Reason, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            // The connection broke the protocol, or sent too slowly.
            await WriteProblemAsync(http, e.StatusCode, "malformed", e.Message);
        }
        catch (Exception e) when (http.RequestAborted.IsCancellationRequested && e is IOException or OperationCanceledException)
        {
            // The sender went away: nobody is left to answer, and what it had no answer for it sends again.
            http.Abort();
        }
    }

    /// <summary>Answers what became of the events.</summary>
    public static async Task WriteResultsAsync(HttpContext http, WriteOutcome kept, EventResults results, IngestMetrics metrics)
    {
        if (kept != WriteOutcome.Durable)
        {
            await WriteUnavailableAsync(http, kept);
            return;
        }

        results.RecordTo(metrics);
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        http.Response.ContentType = "application/json; charset=utf-8";
        var answer = new ArrayBufferWriter<byte>(4_096);
        using (var writer = new Utf8JsonWriter(answer, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            results.Write(writer);
        http.Response.ContentLength = answer.WrittenCount;
        await http.Response.BodyWriter.WriteAsync(answer.WrittenMemory, http.RequestAborted);
    }

    /// <summary>Answers that not all was kept: 503, to be sent again.</summary>
    public static Task WriteUnavailableAsync(HttpContext http, WriteOutcome kept)
    {
        http.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        var (reason, detail) = kept switch
        {
            WriteOutcome.Full => ("spool_full", "The spool is full."),
            WriteOutcome.Busy => ("busy", "More waits to be written than may."),
            WriteOutcome.Failed => ("spool_failed", "The spool could not be written."),
            WriteOutcome.Stopping => ("stopping", "The host is stopping."),
            _ => throw new ArgumentOutOfRangeException(nameof(kept), kept, "Not a reason to be unavailable."),
        };
        detail += " Part of the request may have been taken: send all of it again after the seconds in Retry-After, which is safe.";
        return WriteProblemAsync(http, StatusCodes.Status503ServiceUnavailable, reason, detail);
    }

    private static Task WriteProblemAsync(HttpContext http, int status, string reason, string detail) =>
        Results.Problem(detail, statusCode: status, extensions: new Dictionary<string, object?> { ["errors"] = new[] { new { pointer = "", reason, detail } } }).ExecuteAsync(http);
}
