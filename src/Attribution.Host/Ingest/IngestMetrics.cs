using System.Diagnostics.Metrics;
using Attribution.Contracts;
using Attribution.Host.Access;
using Attribution.Host.Observability;

namespace Attribution.Host.Ingest;

/// <summary>Instruments of the stage on the meter <c>Attribution.Ingest</c>.</summary>
internal sealed class IngestMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Attribution.Ingest";

    private readonly Counter<long> events;
    private readonly Counter<long> redelivered;
    private readonly Counter<long> redirects;
    private readonly Counter<long> lostClicks;
    private readonly Histogram<int> packSize;
    private readonly Histogram<double> steps;

    public IngestMetrics(IMeterFactory meters, Spool spool, ApiCredentialCache keys)
    {
        var meter = meters.Create(MeterName);
        events = meter.CreateCounter<long>(
            "attribution.ingest.events", "{event}", "Events answered, by type and outcome (accepted, or the reason of the rejection).");
        redelivered = meter.CreateCounter<long>(
            "attribution.ingest.redelivered", "{message}", "Messages put on the bus again.");
        redirects = meter.CreateCounter<long>(
            "attribution.ingest.redirects", "{request}", "Links followed, by outcome: redirected, ended, unknown, head, prefetch.");
        lostClicks = meter.CreateCounter<long>(
            "attribution.ingest.clicks.lost", "{event}", "Clicks that were redirected but could not be stored.");
        packSize = meter.CreateHistogram<int>(
            "attribution.ingest.pack.events", "{event}", "Events in a message, including rejected ones.");
        steps = meter.CreateHistogram<double>(
            "attribution.ingest.step.duration", "s", "Duration of each step from a request to its response, by step.", advice: Telemetry.SecondsBuckets);
        meter.CreateObservableGauge(
            "attribution.ingest.spool.depth", () => spool.Depth, "{message}", "Messages in the spool.");
        meter.CreateObservableGauge<double>(
            "attribution.ingest.shop.missed",
            () => keys.GetShops().Select(shop => new Measurement<double>(
                shop.MissedHours, new("vendor", shop.Vendor), new("source", shop.Source), new("brand", shop.Brand))),
            "{hour}", "Hours since a shop's last webhook that would usually have had one, by vendor, source and brand.");
    }

    /// <summary>
    /// Creates the series that alerts watch with the value 0. Otherwise a counter appears with its first value, which
    /// is no increase.
    /// </summary>
    public void CreateWatchedSeries()
    {
        foreach (var type in WireNames.EventTypes) RecordEvents(type, null, 0);
        lostClicks.Add(0);
    }

    /// <summary>Counts answered events of one type and outcome.</summary>
    public void RecordEvents(string type, RejectionReason? refused, long count) =>
        events.Add(
            count, new("type", type), new("outcome", refused is { } reason ? WireNames.ForReason(reason) : "accepted"));

    /// <summary>Counts a followed link.</summary>
    public void RecordRedirect(string outcome) =>
        redirects.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>Counts a click that was redirected but could not be stored.</summary>
    public void RecordLostClick() => lostClicks.Add(1);

    /// <summary>Records the number of events of a message.</summary>
    public void RecordPack(int count) => packSize.Record(count);

    /// <summary>Counts messages that were put on the bus again.</summary>
    public void RecordRedelivery(int count) => redelivered.Add(count);

    /// <summary>Records the duration of a step of <see cref="IngestPipeline"/>.</summary>
    public void RecordStep(string step, TimeSpan duration) =>
        steps.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("step", step));
}
