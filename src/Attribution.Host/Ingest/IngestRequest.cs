using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Attribution.Core.Events;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Ingest.Api;
using Attribution.Host.Ingest.Webhooks;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Attribution.Host.Ingest;

/// <summary>
/// State of one request in <see cref="IngestPipeline"/>. Each step fills the members that later steps read.
/// </summary>
internal sealed class IngestRequest(IngestOptions options, HttpContext? http = null)
{
    private ReadOnlySequence<byte>? read;
    private EventBatch? batch;
    private EventContext? context;

    /// <summary>Gets the HTTP request. A click of the redirector is written after its response and has none.</summary>
    public HttpContext Http =>
        http ?? throw new InvalidOperationException("The events did not come with an HTTP request that is still open.");

    /// <summary>Gets the token that is canceled when the sender disconnects.</summary>
    public CancellationToken Cancellation => http?.RequestAborted ?? CancellationToken.None;

    /// <summary>Gets the sender of the events.</summary>
    public Caller Caller { get; private set; } = Caller.Local;

    /// <summary>Gets or sets the body's format.</summary>
    public BodyFormat Format { get; set; }

    /// <summary>Gets or sets the body, valid until <see cref="ReleaseBody"/>.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>
    /// Gets or sets the places of the events in <see cref="Body"/>; null when the body does not contain them as JSON
    /// values.
    /// </summary>
    public List<Range>? Events { get; set; }

    /// <summary>Gets or sets the delivery of a shop.</summary>
    public WebhookDelivery Delivery { get; set; }

    /// <summary>Gets or sets the vendor of the delivery.</summary>
    public IWebhookVendor? Vendor { get; set; }

    /// <summary>
    /// Gets or sets the events that were composed from the request; null when the body contains the events.
    /// </summary>
    public IReadOnlyList<MappedEvent>? Mapped { get; set; }

    /// <summary>Gets the batch being filled.</summary>
    public EventBatch Batch => batch ?? throw new InvalidOperationException("No batch was opened.");

    /// <summary>Gets the values for events that do not state them, and the time of receipt.</summary>
    public EventContext Context => context ?? throw new InvalidOperationException("No batch was opened.");

    /// <summary>Gets the results that the response lists.</summary>
    public EventResults Results { get; } = new(options.MaxEvents);

    /// <summary>Gets or sets the earlier batches that are being written; null except for NDJSON.</summary>
    public Queue<Task<WriteOutcome>>? Pending { get; set; }

    /// <summary>Gets or sets the result of writing.</summary>
    public WriteOutcome Outcome { get; set; }

    /// <summary>Gets or sets whether the response is complete, so that no further step runs.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>
    /// Starts a batch of a caller, received now. Its events get their labels when journeys are written.
    /// </summary>
    /// <param name="caller">The sender.</param>
    /// <param name="now">The time of receipt.</param>
    /// <param name="resolution">Its resolution; null for <see cref="EventBatch.TimestampResolution"/>.</param>
    public void OpenBatch(Caller caller, DateTimeOffset now, TimeSpan? resolution = null)
    {
        var receivedAt = EventBatch.TruncateTime(now, resolution ?? EventBatch.TimestampResolution);
        Caller = caller;
        batch = new EventBatch(caller, receivedAt);
        context = new EventContext(caller.Source, caller.Brand, receivedAt, options.Horizon) { Bots = null };
    }

    /// <summary>Adds a validated event to the batch and to the results.</summary>
    /// <param name="result">The event or its rejection.</param>
    /// <param name="line">Line of an NDJSON body, from 1; null for other formats.</param>
    public void Add(ValidationResult result, long? line = null)
    {
        Batch.Add(result);
        Results.Add(result, line);
    }

    /// <summary>Sets the body to what was read, without a byte order mark.</summary>
    public void SetBody(ReadOnlySequence<byte> bytes)
    {
        read = bytes;
        Body = bytes.IsSingleSegment ? bytes.First : bytes.ToArray();
        if (Body.Span.StartsWith("\uFEFF"u8)) Body = Body[3..];
    }

    /// <summary>Returns the body's memory to the server.</summary>
    public void ReleaseBody()
    {
        if (read is not { } bytes) return;
        (read, Body) = (null, default);
        Http.Request.BodyReader.AdvanceTo(bytes.End);
    }
}

/// <summary>Finds a body's format, reads it up to a limit, and splits it into events without parsing them.</summary>
internal static class RequestBody
{
    /// <summary>Returns the format that a request's headers state.</summary>
    /// <exception cref="RequestRejectedException">The content type or encoding is not supported.</exception>
    public static BodyFormat FindFormat(HttpRequest request)
    {
        if (request.Headers.ContentEncoding is { Count: > 0 } encoding && encoding != "identity")
            throw RequestRejectedException.UnsupportedContentType(
                "A body with a Content-Encoding is not supported; send it uncompressed.");
        if (string.IsNullOrWhiteSpace(request.ContentType))
            throw RequestRejectedException.UnsupportedContentType("The request has no Content-Type.");
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            throw RequestRejectedException.UnsupportedContentType("The Content-Type is malformed.");
        if (type.Charset.HasValue && !HeaderUtilities.RemoveQuotes(type.Charset).Equals(
            "utf-8", StringComparison.OrdinalIgnoreCase))
            throw RequestRejectedException.UnsupportedContentType($"The charset {type.Charset} is not supported.");

        return type.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/json" =>
                request.Headers.ContainsKey("ce-specversion") ? BodyFormat.CloudEventBinary : BodyFormat.Json,
            "application/x-ndjson" => BodyFormat.Ndjson,
            "application/cloudevents+json" => BodyFormat.CloudEvent,
            "application/cloudevents-batch+json" => BodyFormat.CloudEventBatch,
            _ =>
                throw RequestRejectedException.UnsupportedContentType(
                    $"The content type {type.MediaType} is not supported."),
        };
    }

    /// <summary>Reads the body into memory of its own.</summary>
    /// <exception cref="RequestRejectedException">The body is longer than the limit in bytes.</exception>
    public static async Task<byte[]> ReadAllAsync(HttpRequest request, int limit, CancellationToken cancellation)
    {
        RemoveServerLimit(request);
        var read = await ReadSequenceAsync(request, limit, cancellation);
        var bytes = read.ToArray();
        request.BodyReader.AdvanceTo(read.End);
        return bytes;
    }

    /// <summary>Reads the body. The result is valid until the reader is advanced.</summary>
    /// <exception cref="RequestRejectedException">The body is longer than the limit in bytes.</exception>
    public static async Task<ReadOnlySequence<byte>> ReadSequenceAsync(
        HttpRequest request, int limit, CancellationToken cancellation)
    {
        if (request.ContentLength > limit)
            throw RequestRejectedException.BodyTooLarge(limit);
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellation);
            if (read.Buffer.Length > limit)
            {
                // The server needs its buffer back to read the rest and to answer in order.
                request.BodyReader.AdvanceTo(read.Buffer.End);
                throw RequestRejectedException.BodyTooLarge(limit);
            }

            if (read.IsCompleted)
                return read.Buffer;
            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Removes the server's own limit: the readers have limits with messages of their own.</summary>
    public static void RemoveServerLimit(HttpRequest request)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
    }

    /// <summary>
    /// Splits a body of a format other than NDJSON and checks that the format allows its number of events.
    /// </summary>
    /// <exception cref="RequestRejectedException">The body as a whole is invalid.</exception>
    public static List<Range> SplitEvents(ReadOnlySpan<byte> body, BodyFormat format, int maxEvents)
    {
        var events = SplitEvents(body, maxEvents, out var isArray);
        if (!isArray && body[events[0].Start.Value] != (byte)'{')
            throw RequestRejectedException.Malformed(
                "The body is one JSON value, but neither an event (an object) nor an array of events.");
        if (format == BodyFormat.CloudEvent && isArray)
            throw RequestRejectedException.Malformed(
                "application/cloudevents+json is one CloudEvent; send an array as application/cloudevents-batch+json.");
        if (format == BodyFormat.CloudEventBatch && !isArray)
            throw RequestRejectedException.Malformed(
                "application/cloudevents-batch+json is an array; send one CloudEvent as application/cloudevents+json.");
        return events;
    }

    /// <summary>
    /// Returns the body's event or, of an array, its elements in order. Checks the whole body: UTF-8, JSON of at most
    /// 64 levels, and nothing after the value.
    /// </summary>
    /// <exception cref="RequestRejectedException">
    /// The body as a whole is invalid; the message states the line and byte.
    /// </exception>
    public static List<Range> SplitEvents(ReadOnlySpan<byte> body, int maxEvents, out bool isArray)
    {
        CheckUtf8(body);
        if (!body.ContainsAnyExcept(" \t\r\n"u8))
            throw RequestRejectedException.EmptyBody();
        try
        {
            var reader = new Utf8JsonReader(body);
            reader.Read();
            isArray = reader.TokenType == JsonTokenType.StartArray;
            var events = isArray ? ReadElements(ref reader, maxEvents) : [ReadValue(ref reader)];
            reader.Read();
            return events;
        }
        catch (JsonException e)
        {
            throw RequestRejectedException.Malformed(
                $"The body is not JSON, from line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} on: {JsonFault.Describe(e)}");
        }
    }

    private static List<Range> ReadElements(ref Utf8JsonReader reader, int maxEvents)
    {
        var events = new List<Range>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (events.Count == maxEvents)
                throw RequestRejectedException.TooManyEvents(maxEvents);
            events.Add(ReadValue(ref reader));
        }

        return events;
    }

    private static Range ReadValue(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return start..(int)reader.BytesConsumed;
    }

    private static void CheckUtf8(ReadOnlySpan<byte> body)
    {
        if (Utf8.IsValid(body))
            return;
        var at = 0;
        while (Rune.DecodeFromUtf8(body[at..], out _, out var length) == OperationStatus.Done)
            at += length;
        throw RequestRejectedException.Malformed($"The body is not UTF-8, from byte {at + 1} on.");
    }
}
