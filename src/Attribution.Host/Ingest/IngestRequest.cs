using System.Buffers;
using Attribution.Core.Events;
using Attribution.Host.Access;
using Attribution.Host.Ingest.Api;
using Attribution.Host.Ingest.Webhooks;

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
    public void OpenBatch(Caller caller, DateTimeOffset now)
    {
        var receivedAt = EventBatch.TruncateTime(now);
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
