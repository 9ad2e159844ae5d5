using Attribution.Contracts;
using Attribution.Core.Events;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest;

/// <summary>
/// Validates NDJSON of any length while it arrives, in bounded memory: one line, the batch being filled, and a few
/// batches that are being written. A request that ends with 503 may have been stored in part. Blank lines are skipped.
/// A line that is too long or malformed, such as a truncated last one, is rejected with its line number and does not
/// end the request.
/// </summary>
internal sealed class NdjsonBody(
    EventValidator validator, BatchWriter writer, TimeProvider time, IOptions<IngestOptions> options)
{
    /// <summary>
    /// Greatest number of batches of one request that are being written. At this number, reading pauses.
    /// </summary>
    private const int MaxPendingBatches = 4;

    /// <summary>Longest line that is read, in bytes: the longest event and a carriage return.</summary>
    private const int MaxLineBytes = EventLimits.Bytes + 1;

    /// <summary>Validates every line and writes every full batch. The last batch is left to the next step.</summary>
    /// <exception cref="RequestRejectedException">The body contains no event.</exception>
    public async Task ValidateAsync(IngestRequest request)
    {
        var pending = request.Pending = new Queue<Task<WriteOutcome>>(MaxPendingBatches);
        using var lines = new LineReader(request.Http.Request.BodyReader, MaxLineBytes);
        var isEmpty = true;
        while (await lines.ReadLineAsync(request.Cancellation) is { } line)
        {
            if (!line.Bytes.Span.ContainsAnyExcept(" \t\r"u8))
                continue;
            isEmpty = false;
            var result = line.IsTruncated
                ? validator.Reject(LineTooLong(), null, line.Bytes.Span)
                : await validator.ValidateAsync(
                    line.Bytes, false, request.Caller, request.Context, request.Cancellation);
            request.Add(result, line.Number);

            if (request.Batch.Count < options.Value.PackEvents && request.Batch.Bytes < options.Value.PackBytes)
                continue;
            pending.Enqueue(writer.WriteAsync(request.Batch));
            request.OpenBatch(request.Caller, time.GetUtcNow());
            if (pending.Count < MaxPendingBatches)
                continue;
            request.Outcome = await pending.Dequeue();
            if (request.Outcome != WriteOutcome.Durable)
                return;
        }

        if (isEmpty)
            throw RequestRejectedException.EmptyBody();
    }

    private static EventFault LineTooLong() =>
        new(RejectionReason.TooLong, "", $"The line has more than the {EventLimits.Bytes} bytes that an event may have.");
}
