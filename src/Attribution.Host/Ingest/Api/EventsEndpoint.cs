using Attribution.Host.Access;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest.Api;

/// <summary>
/// <c>POST /v1/events</c>: read the body, judge each event, keep them, answer. The forms differ in the reading alone: see
/// <see cref="BufferedBody"/> and <see cref="NdjsonBody"/>.
/// </summary>
internal sealed class EventsEndpoint(
    BufferedBody wholeBody, NdjsonBody ndjsonBody, TimeProvider time, IOptions<IngestOptions> options, IngestMetrics metrics)
{
    /// <summary>Takes events: one, an array, NDJSON or CloudEvents. Answers a result per event.</summary>
    public Task PostAsync(HttpContext http) => IngestResponses.ExecuteAsync(http, async () =>
    {
        var results = new EventResults(options.Value.MaxEvents);
        await IngestResponses.WriteResultsAsync(http, await ProcessAsync(http, results), results, metrics);
    });

    private Task<WriteOutcome> ProcessAsync(HttpContext http, EventResults results)
    {
        var form = BodyFormats.FromRequest(http.Request);
        RequestBody.RemoveServerLimit(http.Request);
        var receipt = new BatchFactory(Caller.FromContext(http), time, options.Value.Horizon);
        return form == BodyFormat.Ndjson
            ? ndjsonBody.ProcessAsync(http.Request, receipt, results, http.RequestAborted)
            : wholeBody.ProcessAsync(http.Request, form, receipt, results, http.RequestAborted);
    }
}
