using Attribution.Contracts;
using Attribution.Host.Access;
using Attribution.Host.Ingest.Api;
using Attribution.Host.Ingest.Visits;
using Attribution.Host.Ingest.Webhooks;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest;

/// <summary>
/// Steps from a request to its response, in order, for every way in. Each step is timed under its name. A step that
/// throws <see cref="RequestRejectedException"/> ends the request: nothing of it is stored, and the response explains
/// why. Thread-safe.
/// </summary>
/// <remarks>
/// <see cref="Replay.RejectionReplayer"/> validates and writes stored rejections of many callers with the same
/// collaborators.
/// </remarks>
internal sealed class IngestPipeline
{
    private readonly EventValidator validator;
    private readonly BatchWriter writer;
    private readonly NdjsonBody lines;
    private readonly IngestMetrics metrics;
    private readonly TimeProvider time;
    private readonly IngestOptions options;
    private readonly Step[] events;
    private readonly Step[] visit;
    private readonly Step[] webhook;
    private readonly Step[] click;

    public IngestPipeline(
        EventValidator validator, BatchWriter writer, NdjsonBody lines, VisitSteps visits, WebhookSteps webhooks,
        IngestMetrics metrics, TimeProvider time, IOptions<IngestOptions> options)
    {
        (this.validator, this.writer, this.lines, this.metrics, this.time, this.options) = (
            validator, writer, lines, metrics, time, options.Value);
        events =
        [
            new("format", FindFormat), // 415
            new("read", ReadBodyAsync), // 413
            new("split", SplitBody), // 400, 413
            new("validate", ValidateAsync), // every event is accepted or rejected by itself
            new("write", WriteAsync), // to the spool or the broker
            new("respond", RespondAsync), // 202, 422 when every event was rejected, or 503 when not everything is durable
        ];
        visit =
        [
            new("origin", visits.CheckOriginAsync), // 400, 403
            new("read", VisitSteps.ReadBodyAsync), // 413
            new("map", visits.MapReport), // 400
            new("validate", ValidateAsync),
            new("write", WriteAsync),
            new("respond", RespondAsync),
        ];
        webhook =
        [
            new("vendor", webhooks.FindVendor), // 404
            new("read", webhooks.ReadBodyAsync), // 413; 200 ends a ping
            new("signature", webhooks.VerifySignature), // 401, 404
            new("map", WebhookSteps.MapDelivery),
            new("validate", ValidateAsync),
            new("write", WriteAsync),
            new("respond", AcknowledgeAsync), // 202 even for a rejection: the shop would only send the same again
        ];
        click =
        [
            new("validate", ValidateAsync),
            new("write", WriteAsync),
        ];
    }

    /// <summary>Handles <c>POST /v1/events</c>.</summary>
    public Task PostEventsAsync(HttpContext http) => RespondWithAsync(http, events);

    /// <summary>Handles <c>POST /v1/visits</c>.</summary>
    public Task PostVisitAsync(HttpContext http) => RespondWithAsync(http, visit);

    /// <summary>Handles <c>POST /v1/webhooks/{vendor}/{source}</c>.</summary>
    public Task PostWebhookAsync(HttpContext http) => RespondWithAsync(http, webhook);

    /// <summary>Writes a click of the redirector, whose response was sent before.</summary>
    /// <returns>Whether the click is durable, or its rejection.</returns>
    public async Task<bool> WriteClickAsync(ClickEvent redirected, Caller caller)
    {
        var request = new IngestRequest(options) { Mapped = [MappedEvent.FromTyped(redirected)] };
        request.OpenBatch(caller, time.GetUtcNow());
        await RunAsync(request, click);
        request.Results.RecordTo(metrics);
        return request.Outcome == WriteOutcome.Durable;
    }

    private Task RespondWithAsync(HttpContext http, Step[] steps) =>
        IngestResponses.ExecuteAsync(http, () => RunAsync(new IngestRequest(options, http), steps));

    private async Task RunAsync(IngestRequest request, Step[] steps)
    {
        try
        {
            foreach (var step in steps)
            {
                var startedAt = time.GetTimestamp();
                await step.Run(request);
                metrics.RecordStep(step.Name, time.GetElapsedTime(startedAt));
                if (request.IsAnswered) return;
            }
        }
        finally
        {
            request.ReleaseBody();
        }
    }

    private ValueTask FindFormat(IngestRequest request)
    {
        request.Format = RequestBody.FindFormat(request.Http.Request);
        return ValueTask.CompletedTask;
    }

    private async ValueTask ReadBodyAsync(IngestRequest request)
    {
        RequestBody.RemoveServerLimit(request.Http.Request);
        // NDJSON may be of any length: it is read line by line while it is validated.
        if (request.Format != BodyFormat.Ndjson)
            request.SetBody(
                await RequestBody.ReadSequenceAsync(request.Http.Request, options.MaxBodyBytes, request.Cancellation));
        request.OpenBatch(Caller.FromContext(request.Http), time.GetUtcNow());
    }

    private ValueTask SplitBody(IngestRequest request)
    {
        if (request.Format == BodyFormat.CloudEventBinary)
            request.Mapped = [CloudEventMapper.FromBinary(request.Http.Request.Headers, request.Body)];
        else if (request.Format != BodyFormat.Ndjson)
            request.Events = RequestBody.SplitEvents(request.Body.Span, request.Format, options.MaxEvents);
        return ValueTask.CompletedTask;
    }

    private async ValueTask ValidateAsync(IngestRequest request)
    {
        if (request.Events is { } events)
        {
            var areCloudEvents = request.Format != BodyFormat.Json;
            foreach (var range in events)
                request.Add(await validator.ValidateAsync(
                    request.Body[range], areCloudEvents, request.Caller, request.Context, request.Cancellation));
        }
        else if (request.Mapped is { } mapped)
        {
            foreach (var one in mapped)
                request.Add(await validator.ValidateAsync(one, request.Caller, request.Context, request.Cancellation));
        }
        else
        {
            await lines.ValidateAsync(request);
        }

        request.ReleaseBody();
    }

    private async ValueTask WriteAsync(IngestRequest request)
    {
        if (request.Outcome == WriteOutcome.Durable)
            request.Outcome = await writer.WriteAsync(request.Batch);
        if (request.Pending is null) return;
        foreach (var pending in request.Pending)
            if (await pending is var outcome && request.Outcome == WriteOutcome.Durable)
                request.Outcome = outcome;
    }

    private async ValueTask RespondAsync(IngestRequest request) =>
        await IngestResponses.WriteResultsAsync(
            request.Http, request.Outcome, request.Results, metrics,
            request.Results.AllRejected ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status202Accepted);

    private async ValueTask AcknowledgeAsync(IngestRequest request) =>
        await IngestResponses.WriteResultsAsync(
            request.Http, request.Outcome, request.Results, metrics, StatusCodes.Status202Accepted);

    private sealed record Step(string Name, Func<IngestRequest, ValueTask> Run);
}
