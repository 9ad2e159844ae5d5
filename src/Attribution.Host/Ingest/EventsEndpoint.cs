using System.Buffers;
using System.Text.Json;
using Attribution.Host.Hosting.Access;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest;

/// <summary>
/// <c>POST /v1/events</c>: read the body, judge each event, keep them, answer. The forms differ in the reading alone: see
/// <see cref="WholeBody"/> and <see cref="NdjsonBody"/>.
/// </summary>
internal sealed class EventsEndpoint(
    WholeBody wholeBody, NdjsonBody ndjsonBody, TimeProvider time, IOptions<IngestOptions> options, IngestMetrics metrics)
{
    /// <summary>Seconds that a sender should wait after a 503.</summary>
    private const int RetryAfterSeconds = 2;

    /// <summary>Takes events: one, an array, NDJSON or CloudEvents. Answers a result per event.</summary>
    public async Task PostAsync(HttpContext http)
    {
        try
        {
            var results = new EventResults(options.Value.MaxEvents);
            var kept = await KeepAsync(http, results);
            if (kept == Kept.Durable)
                await AnswerAsync(http, results);
            else
                await UnavailableAsync(http, kept);
        }
        catch (RequestRefusedException e)
        {
            await ProblemAsync(http, e.Status, e.Message, new { pointer = "", reason = e.Reason, detail = e.Message });
        }
        catch (BadHttpRequestException e)
        {
            // The connection broke the protocol, or sent too slowly.
            await ProblemAsync(http, e.StatusCode, e.Message, new { pointer = "", reason = "malformed", detail = e.Message });
        }
        catch (Exception e) when (http.RequestAborted.IsCancellationRequested && e is IOException or OperationCanceledException)
        {
            // The sender went away: nobody is left to answer, and what it had no answer for it sends again.
            http.Abort();
        }
    }

    private Task<Kept> KeepAsync(HttpContext http, EventResults results)
    {
        var form = BodyForms.Of(http.Request);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null; // The readers have their own limits, and their own words for them.
        var receipt = new Receipt(Caller.Of(http), time, options.Value.Horizon);
        return form == BodyForm.Ndjson
            ? ndjsonBody.KeepAsync(http.Request, receipt, results, http.RequestAborted)
            : wholeBody.KeepAsync(http.Request, form, receipt, results, http.RequestAborted);
    }

    private async Task AnswerAsync(HttpContext http, EventResults results)
    {
        results.Count(metrics);
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        http.Response.ContentType = "application/json; charset=utf-8";
        var answer = new ArrayBufferWriter<byte>(4_096);
        using (var writer = new Utf8JsonWriter(answer, new JsonWriterOptions { SkipValidation = true }))
            results.Write(writer);
        http.Response.ContentLength = answer.WrittenCount;
        await http.Response.BodyWriter.WriteAsync(answer.WrittenMemory, http.RequestAborted);
    }

    private static Task UnavailableAsync(HttpContext http, Kept kept)
    {
        http.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var (reason, detail) = kept switch
        {
            Kept.Full => ("spool_full", "The spool is full."),
            Kept.Busy => ("busy", "More waits to be written than may."),
            Kept.Failed => ("spool_failed", "The spool could not be written."),
            Kept.Stopping => ("stopping", "The host is stopping."),
            _ => throw new ArgumentOutOfRangeException(nameof(kept), kept, "Not a reason to be unavailable."),
        };
        detail += " Part of the request may have been taken: send all of it again after the seconds in Retry-After, which is safe.";
        return ProblemAsync(http, StatusCodes.Status503ServiceUnavailable, detail, new { pointer = "", reason, detail });
    }

    private static Task ProblemAsync(HttpContext http, int status, string detail, object error) =>
        Results.Problem(detail, statusCode: status, extensions: new Dictionary<string, object?> { ["errors"] = new[] { error } }).ExecuteAsync(http);
}
