using System.Text.Json;
using Attribution.Contracts;
using Attribution.Host.Observability;

namespace Attribution.Host.Ingest;

/// <summary>
/// The answer's results, in bounded memory: of a request with up to <c>limit</c> events every one; of a longer one only what was
/// rejected, and of that the first <c>limit</c>. <c>omitted</c> then says how many events are not listed.
/// </summary>
internal sealed class EventResults(int limit)
{
    private readonly List<EventResult> all = [];
    private readonly List<EventResult> rejected = [];
    private readonly Dictionary<(string Type, RejectionReason? Reason), long> outcomes = [];
    private long count;
    private long rejectedCount;

    /// <summary>Adds the next event's result. <paramref name="line"/> is its line in NDJSON, from 1.</summary>
    public void Add(ValidationResult verdict, long? line = null)
    {
        var result = new EventResult(count++, line, verdict.EventId, verdict.Refused?.Reason, verdict.Refused?.Pointer, verdict.Refused?.Detail);
        var outcome = (verdict.Type, result.Reason);
        outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        if (count <= limit)
            all.Add(result);
        if (result.Reason is null)
            return;
        rejectedCount++;
        if (rejected.Count < limit)
            rejected.Add(result);
    }

    /// <summary>Counts what was answered.</summary>
    public void RecordTo(IngestMetrics metrics)
    {
        foreach (var ((type, reason), events) in outcomes)
            metrics.RecordEvents(type, reason, events);
    }

    /// <summary>Writes the answer of a request that is kept.</summary>
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
