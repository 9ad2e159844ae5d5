using System.Diagnostics.Metrics;
using Attribution.Contracts;
using Attribution.Host.Observability;

namespace Attribution.Host.Ingest;

/// <summary>The stage's instruments, on the meter <c>Attribution.Ingest</c>.</summary>
internal sealed class IngestMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Attribution.Ingest";

    private readonly Counter<long> events;
    private readonly Counter<long> redelivered;
    private readonly Counter<long> redirects;
    private readonly Counter<long> lostClicks;
    private readonly Histogram<int> packSize;

    public IngestMetrics(IMeterFactory meters, Spool spool)
    {
        var meter = meters.Create(MeterName);
        events = meter.CreateCounter<long>("attribution.ingest.events", "{event}", "Events answered, by type and outcome (accepted, or the reason of the rejection).");
        redelivered = meter.CreateCounter<long>("attribution.ingest.redelivered", "{message}", "Messages put on the bus again.");
        redirects = meter.CreateCounter<long>("attribution.ingest.redirects", "{request}", "Links followed, by outcome: redirected, ended, unknown, head, prefetch.");
        lostClicks = meter.CreateCounter<long>("attribution.ingest.clicks.lost", "{event}", "Clicks that were redirected and could not be kept.");
        packSize = meter.CreateHistogram<int>("attribution.ingest.pack.events", "{event}", "Events in a message, refused ones included.");
        meter.CreateObservableGauge("attribution.ingest.spool.depth", () => spool.Depth, "{message}", "Messages in the spool.");
    }

    /// <summary>So many events were answered.</summary>
    public void RecordEvents(string type, RejectionReason? refused, long count) =>
        events.Add(count, new("type", type), new("outcome", refused is { } reason ? WireNames.ForReason(reason) : "accepted"));

    /// <summary>A link was followed.</summary>
    public void RecordRedirect(string outcome) => redirects.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>A click was redirected and could not be kept.</summary>
    public void RecordLostClick() => lostClicks.Add(1);

    public void RecordPack(int count) => packSize.Record(count);

    public void RecordRedelivery(int count) => redelivered.Add(count);
}
