using System.Buffers;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest;

/// <summary>Reads the forms that are read as a whole: one event, an array, CloudEvents. Nothing of a request that is refused is kept.</summary>
internal sealed class BufferedBody(EventValidator door, BatchWriter gatherer, IOptions<IngestOptions> options)
{
    /// <summary>Judges every event and keeps them.</summary>
    /// <exception cref="RequestRejectedException">The request as a whole cannot be taken.</exception>
    public async Task<WriteOutcome> ProcessAsync(HttpRequest request, BodyFormat form, BatchFactory receipt, EventResults results, CancellationToken cancellation)
    {
        var read = await RequestBody.ReadSequenceAsync(request, options.Value.MaxBodyBytes, cancellation);
        EventBatch batch;
        try
        {
            batch = await ValidateAsync(SkipByteOrderMark(read.IsSingleSegment ? read.First : read.ToArray()), request.Headers, form, receipt, results, cancellation);
        }
        finally
        {
            request.BodyReader.AdvanceTo(read.End);
        }

        return await gatherer.KeepAsync(batch);
    }

    private async Task<EventBatch> ValidateAsync(
        ReadOnlyMemory<byte> body, IHeaderDictionary headers, BodyFormat form, BatchFactory receipt, EventResults results, CancellationToken cancellation)
    {
        var (batch, context) = receipt.CreateBatch();
        if (form == BodyFormat.CloudEventBinary)
        {
            var verdict = await door.ValidateAsync(CloudEventMapper.FromBinary(headers, body.Span), body, receipt.Caller, context, cancellation);
            Add(verdict);
            return batch;
        }

        var events = EventSplitter.Split(body.Span, options.Value.MaxEvents, out var isArray);
        CheckFormat(form, isArray, body.Span[events is [var only] && !isArray ? only.Start.Value : 0]);
        foreach (var one in events)
            Add(await door.ValidateAsync(body[one], form != BodyFormat.Json, receipt.Caller, context, cancellation));
        return batch;

        void Add(ValidationResult verdict)
        {
            batch.Add(verdict);
            results.Add(verdict);
        }
    }

    private static void CheckFormat(BodyFormat form, bool isArray, byte first)
    {
        if (!isArray && first != (byte)'{')
            throw RequestRejectedException.Malformed("The body is one JSON value, but neither an event (an object) nor an array of events.");
        if (form == BodyFormat.CloudEvent && isArray)
            throw RequestRejectedException.Malformed("application/cloudevents+json is one CloudEvent; send an array as application/cloudevents-batch+json.");
        if (form == BodyFormat.CloudEventBatch && !isArray)
            throw RequestRejectedException.Malformed("application/cloudevents-batch+json is an array; send one CloudEvent as application/cloudevents+json.");
    }

    /// <summary>A byte order mark is no part of the text.</summary>
    private static ReadOnlyMemory<byte> SkipByteOrderMark(ReadOnlyMemory<byte> body) => body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;
}
