using Attribution.Contracts;
using Attribution.Core.Events;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest;

/// <summary>
/// Reads NDJSON of any length as it comes, in bounded memory: one line, the batch being filled and the few that wait for the disk. Batches
/// are kept as they fill; a request that ends in a 503 may have been taken in part. Blank lines are skipped; a line too long or
/// malformed, a last one cut short included, is a rejection with its line's number and not the end.
/// </summary>
internal sealed class NdjsonBody(EventValidator door, BatchWriter gatherer, IOptions<IngestOptions> options)
{
    /// <summary>Most batches of one request that wait for the disk; the reading stops until there is room, and so does the sender.</summary>
    private const int MaxPendingBatches = 4;

    /// <summary>Longest line that is looked at: an event at its longest, and the carriage return of a line's end.</summary>
    private const int MaxLineBytes = EventLimits.Bytes + 1;

    /// <summary>Judges every line and keeps them.</summary>
    /// <exception cref="RequestRejectedException">The body holds no event at all.</exception>
    public async Task<WriteOutcome> ProcessAsync(HttpRequest request, BatchFactory receipt, EventResults results, CancellationToken cancellation)
    {
        var waiting = new Queue<Task<WriteOutcome>>();
        var (batch, context) = receipt.CreateBatch();
        using var lines = new LineReader(request.BodyReader, MaxLineBytes);
        var any = false;
        while (await lines.ReadLineAsync(cancellation) is { } line)
        {
            if (!line.Bytes.Span.ContainsAnyExcept(" \t\r"u8))
                continue;
            any = true;
            var verdict = line.IsTruncated
                ? door.Reject(LineTooLong(), null, line.Bytes.Span)
                : await door.ValidateAsync(line.Bytes, false, receipt.Caller, context, cancellation);
            batch.Add(verdict);
            results.Add(verdict, line.Number);

            if (batch.Count < options.Value.PackEvents && batch.Bytes < options.Value.PackBytes)
                continue;
            waiting.Enqueue(gatherer.KeepAsync(batch));
            (batch, context) = receipt.CreateBatch();
            if (waiting.Count == MaxPendingBatches && await waiting.Dequeue() is var kept and not WriteOutcome.Durable)
                return kept;
        }

        if (!any)
            throw RequestRejectedException.EmptyBody();
        waiting.Enqueue(gatherer.KeepAsync(batch));
        return (await Task.WhenAll(waiting)).FirstOrDefault(outcome => outcome != WriteOutcome.Durable, WriteOutcome.Durable);
    }

    private static EventFault LineTooLong() =>
        new(RejectionReason.TooLong, "", $"The line has more than the {EventLimits.Bytes} bytes that an event may have.");
}
