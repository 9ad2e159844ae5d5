using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Attribution.Contracts;

namespace Attribution.Host.Ingest;

/// <summary>The meter <c>Attribution.Ingest</c>.</summary>
internal sealed class IngestMetrics
{
    /// <summary>The reasons as they stand on the wire.</summary>
    public static readonly FrozenDictionary<RejectionReason, string> ReasonNames =
        Enum.GetValues<RejectionReason>().ToFrozenDictionary(r => r, r => JsonNamingPolicy.SnakeCaseLower.ConvertName(r.ToString()));

    private readonly Counter<long> events;
    private readonly Counter<long> redelivered;
    private readonly Histogram<int> packSize;

    public IngestMetrics(IMeterFactory meters, Spool spool)
    {
        var meter = meters.Create("Attribution.Ingest");
        events = meter.CreateCounter<long>("attribution.ingest.events", "{event}", "Events answered, by type and outcome (accepted, or the reason of the rejection).");
        redelivered = meter.CreateCounter<long>("attribution.ingest.redelivered", "{message}", "Messages put on the bus again.");
        packSize = meter.CreateHistogram<int>("attribution.ingest.pack.events", "{event}", "Events in a message, refused ones included.");
        meter.CreateObservableGauge("attribution.ingest.spool.depth", () => spool.Depth, "{message}", "Messages in the spool.");
    }

    /// <summary>So many events were answered.</summary>
    public void Answered(string type, RejectionReason? refused, long count) =>
        events.Add(count, new("type", type), new("outcome", refused is { } reason ? ReasonNames[reason] : "accepted"));

    public void Packed(int count) => packSize.Record(count);

    public void Redelivered(int count) => redelivered.Add(count);
}
