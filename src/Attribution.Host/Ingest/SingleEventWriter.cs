using Attribution.Core.Events;
using Attribution.Host.Access;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest;

/// <summary>Validates and writes one event that this process composed itself, as a request with it would. Thread-safe.</summary>
internal sealed class SingleEventWriter(
    EventValidator validator, BatchWriter writer, TimeProvider time, IOptions<IngestOptions> options)
{
    /// <summary>Writes an event.</summary>
    /// <param name="json">The event as JSON.</param>
    /// <param name="caller">The sender.</param>
    /// <param name="cancellation">Cancels the validation; a started write is completed.</param>
    /// <returns>Null if the event is on disk; otherwise the reason.</returns>
    public async Task<string?> WriteAsync(byte[] json, Caller caller, CancellationToken cancellation)
    {
        var receivedAt = EventBatch.TruncateTime(time.GetUtcNow(), EventBatch.TimestampResolution);
        var context = new EventContext(caller.Source, caller.Brand, receivedAt, options.Value.Horizon);
        var result = await validator.ValidateAsync(json, isCloudEvent: false, caller, context, cancellation);
        if (result.Refused is { } refused) return refused.Detail;
        var batch = new EventBatch(caller, receivedAt);
        batch.Add(result);
        return await writer.WriteAsync(batch) == WriteOutcome.Durable ? null : "The event could not be written. Try again.";
    }
}
