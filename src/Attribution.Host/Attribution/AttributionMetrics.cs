using System.Diagnostics.Metrics;
using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Core.Rollups;
using Attribution.Host.Observability;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Attribution;

/// <summary>Instruments of the stage on the meter <c>Attribution.Attribute</c>.</summary>
internal sealed class AttributionMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Attribution.Attribute";

    private readonly Counter<long> events;
    private readonly Counter<long> conflicts;
    private static readonly (Measure Measure, string Limit)[] Limits =
    [
        (Measure.CustomersPerVisitorExceeded, "customers_of_visitor"), (Measure.VisitorsPerClickExceeded, "visitors_of_click"),
        (Measure.VisitorsPerCustomerExceeded, "visitors_of_customer"), (Measure.ConversionsPerJourneyExceeded, "conversions_of_journey"),
    ];

    private readonly UpDownCounter<long> unmatched;
    private readonly UpDownCounter<long> keptApart;
    private readonly Histogram<double> commit;
    private readonly Histogram<double> lag;
    private readonly Histogram<double> age;

    /// <summary>Creates the instruments.</summary>
    public AttributionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        events = meter.CreateCounter<long>(
            "attribution.attribute.events", "{event}", "Events of committed packs, by type and outcome (committed, or the reason of the rejection).");
        conflicts = meter.CreateCounter<long>(
            "attribution.attribute.conflicts", "{commit}", "Commits that were started again, by outcome.");
        unmatched = meter.CreateUpDownCounter<long>(
            "attribution.attribute.unmatched", "{name}", "Slugs, UTM tuples and codes that match nothing, less those that match meanwhile, by kind.");
        keptApart = meter.CreateUpDownCounter<long>(
            "attribution.attribute.kept_apart", "{link}", "Links between identities that a limit prevented, less those that no longer exist, by limit.");
        commit = meter.CreateHistogram<double>(
            "attribution.attribute.commit.duration", "s",
            "Time from loading a commit's journeys to its end, including conflicts.", advice: Telemetry.SecondsBuckets);
        lag = meter.CreateHistogram<double>(
            "attribution.attribute.lag", "s", "Time from the receipt of a pack to its commit.", advice: Telemetry.SecondsBuckets);
        age = meter.CreateHistogram<double>(
            "attribution.attribute.age", "s", "Time from an event's own time to its commit.", advice: Telemetry.SecondsBuckets);
    }

    /// <summary>Creates the series that alerts watch with the value 0.</summary>
    public void CreateWatchedSeries()
    {
        foreach (var type in WireNames.EventTypes) events.Add(0, new("type", type), new("outcome", "committed"));
        foreach (var outcome in (CommitOutcome[])[CommitOutcome.Conflict, CommitOutcome.CatalogChanged])
            conflicts.Add(0, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
    }

    /// <summary>Counts a committed pack's events.</summary>
    /// <param name="pack">The pack.</param>
    /// <param name="committed">Its valid events.</param>
    /// <param name="rejected">Reasons of the events rejected on the bus.</param>
    /// <param name="now">Time of the commit.</param>
    public void RecordPack(
        EventPack pack, IReadOnlyCollection<JourneyEvent> committed, IEnumerable<RejectionReason> rejected, DateTimeOffset now)
    {
        foreach (var (type, count) in committed.CountBy(journeyEvent => journeyEvent.TypeName))
            events.Add(count, new("type", type), new("outcome", "committed"));
        foreach (var (reason, count) in rejected.CountBy(reason => reason))
            events.Add(count, new("type", WireNames.UnknownType), new("outcome", WireNames.ForReason(reason)));
        lag.Record((now - pack.ReceivedAt).TotalSeconds);
        foreach (var journeyEvent in committed)
            age.Record((now - journeyEvent.At.ToDateTimeOffset()).TotalSeconds);
    }

    /// <summary>Counts the changes of a commit to unmatched names.</summary>
    public void RecordUnmatched(MeasureSums deltas)
    {
        foreach (var (key, cell) in deltas.Cells)
        {
            if (!key.IsUnmatched) continue;
            var kind = UnmatchedNames.KindOf(key);
            unmatched.Add(cell[UnmatchedNames.MeasureOf(kind)], new KeyValuePair<string, object?>(
                "kind", kind.ToString().ToLowerInvariant()));
        }
    }

    /// <summary>Counts the changes of a commit to links that the limits prevented.</summary>
    public void RecordKeptApart(MeasureSums deltas)
    {
        foreach (var (key, cell) in deltas.Cells)
        {
            if (!key.IsTotal) continue;
            foreach (var (measure, limit) in Limits)
                if (cell[measure] is not 0 and var links) keptApart.Add(links, new KeyValuePair<string, object?>("limit", limit));
        }
    }

    /// <summary>Records the duration of a successful commit.</summary>
    public void RecordCommitDuration(TimeSpan duration) => commit.Record(duration.TotalSeconds);

    /// <summary>Counts a commit that the store rejected and that is started again.</summary>
    public void RecordConflict(CommitOutcome outcome) =>
        conflicts.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
}
