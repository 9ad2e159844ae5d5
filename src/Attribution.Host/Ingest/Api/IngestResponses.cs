using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Attribution.Contracts;
using Attribution.Host.Ingest.Webhooks;
using Attribution.Host.Observability;

namespace Attribution.Host.Ingest.Api;

/// <summary>
/// Writes the responses of ingest endpoints: 202 or 422 with a result per event, or a problem that explains what to do.
/// </summary>
internal static class IngestResponses
{
    private static readonly JsonWriterOptions JsonOptions = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Seconds to wait after a 503.</summary>
    private const int RetryAfterSeconds = 2;

    /// <summary>Handles a request, and writes the problem when it is rejected as a whole.</summary>
    public static async Task ExecuteAsync(HttpContext http, Func<Task> handle)
    {
        try
        {
            await handle();
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
        catch (Exception e) when (
            http.RequestAborted.IsCancellationRequested && e is IOException or OperationCanceledException)
        {
            // The sender disconnected. It sends again whatever it got no response for.
            http.Abort();
        }
    }

    /// <summary>Writes the events' results with a status, or 503 when not all of them are durable.</summary>
    public static async Task WriteResultsAsync(
        HttpContext http, WriteOutcome outcome, EventResults results, IngestMetrics metrics, int status)
    {
        if (outcome != WriteOutcome.Durable)
        {
            await WriteUnavailableAsync(http, outcome);
            return;
        }

        results.RecordTo(metrics);
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        var answer = new ArrayBufferWriter<byte>(4_096);
        using (var writer = new Utf8JsonWriter(answer, JsonOptions))
            results.Write(writer);
        http.Response.ContentLength = answer.WrittenCount;
        await http.Response.BodyWriter.WriteAsync(answer.WrittenMemory, http.RequestAborted);
    }

    /// <summary>Writes 503: not everything was stored, and the request is to be sent again.</summary>
    public static Task WriteUnavailableAsync(HttpContext http, WriteOutcome outcome)
    {
        http.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        var (reason, detail) = outcome switch
        {
            WriteOutcome.Full => ("spool_full", "The spool, or its disk, is full."),
            WriteOutcome.Busy => ("busy", "Too many events wait to be written."),
            WriteOutcome.Failed => ("spool_failed", "The spool could not be written."),
            WriteOutcome.Stopping => ("stopping", "The host is stopping."),
            _ =>
                throw new ArgumentOutOfRangeException(
                    nameof(outcome), outcome, "Not an outcome that makes the host unavailable."),
        };
        detail += " Part of the request may have been stored. Send all of it again after the seconds in Retry-After; sending twice is safe.";
        return WriteProblemAsync(http, StatusCodes.Status503ServiceUnavailable, reason, detail);
    }

    private static Task WriteProblemAsync(HttpContext http, int status, string reason, string detail)
    {
        var errors = new Dictionary<string, object?> { ["errors"] = new[] { new { pointer = "", reason, detail } } };
        return Results.Problem(detail, statusCode: status, extensions: errors).ExecuteAsync(http);
    }
}

/// <summary>
/// Results of a request's events, in bounded memory. Lists every result of up to <c>limit</c> events; of more events it
/// lists the first <c>limit</c> rejections, and <c>omitted</c> is the number of events that are not listed.
/// </summary>
internal sealed class EventResults(int limit)
{
    private readonly List<EventResult> all = [];
    private readonly List<EventResult> rejected = [];
    private readonly Dictionary<(string Type, RejectionReason? Reason), long> outcomes = [];
    private long count;
    private long rejectedCount;

    /// <summary>
    /// Gets whether there are events, and every one of them was rejected. A sender that looks only at the status must
    /// not believe that something was accepted.
    /// </summary>
    public bool AllRejected => count > 0 && rejectedCount == count;

    /// <summary>Adds the next event's result.</summary>
    /// <param name="validation">The event or its rejection.</param>
    /// <param name="line">Line of an NDJSON body, from 1; null for other formats.</param>
    public void Add(ValidationResult validation, long? line = null)
    {
        var result = new EventResult(
            count++, line, validation.EventId, validation.Refused?.Reason, validation.Refused?.Pointer, validation.Refused?.Detail);
        var outcome = (validation.Type, result.Reason);
        outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        if (count <= limit)
            all.Add(result);
        if (result.Reason is null)
            return;
        rejectedCount++;
        if (rejected.Count < limit)
            rejected.Add(result);
    }

    /// <summary>Counts the events by type and outcome.</summary>
    public void RecordTo(IngestMetrics metrics)
    {
        foreach (var ((type, reason), events) in outcomes)
            metrics.RecordEvents(type, reason, events);
    }

    /// <summary>Writes the response of a request whose events are durable.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        var listed = count <= limit ? all : rejected;
        writer.WriteStartObject();
        writer.WriteNumber("accepted", count - rejectedCount);
        writer.WriteNumber("rejected", rejectedCount);
        if (listed.Count < count)
            writer.WriteNumber("omitted", count - listed.Count);
        writer.WriteStartArray("results");
        foreach (var result in listed)
            Write(writer, result);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, EventResult result)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index", result.Index);
        if (result.Line is { } line)
            writer.WriteNumber("line", line);
        if (result.EventId is { } id)
            writer.WriteString("id", id);
        writer.WriteString("status", result.Reason is null ? "accepted" : "rejected");
        if (result.Reason is { } reason)
        {
            writer.WriteString("reason", WireNames.ForReason(reason));
            writer.WriteString("pointer", result.Pointer);
            writer.WriteString("detail", result.Detail);
        }

        writer.WriteEndObject();
    }

    private readonly record struct EventResult(
        long Index, long? Line, string? EventId, RejectionReason? Reason, string? Pointer, string? Detail);
}
