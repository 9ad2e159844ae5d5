using System.Diagnostics.Metrics;
using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Core.Rollups;
using Attribution.Host.Observability;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Attribution;

/// <summary>The stage's instruments, on the meter <c>Attribution.Attribute</c>.</summary>
internal sealed class AttributionMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Attribution.Attribute";

    private readonly Counter<long> events;
    private readonly Counter<long> conflicts;
    private readonly UpDownCounter<long> unmatched;
    private readonly Histogram<double> commit;
    private readonly Histogram<double> lag;
    private readonly Histogram<double> age;

    /// <summary>Makes the instruments.</summary>
    public AttributionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        events = meter.CreateCounter<long>("attribution.attribute.events", "{event}", "Events of committed packs, by type and outcome (committed, or the reason of the rejection).");
        conflicts = meter.CreateCounter<long>("attribution.attribute.conflicts", "{commit}", "Commits that started again, by outcome.");
        unmatched = meter.CreateUpDownCounter<long>("attribution.attribute.unmatched", "{name}", "Slugs, UTM tuples and codes that matched nothing, less those that match by now, by kind.");
        commit = meter.CreateHistogram<double>("attribution.attribute.commit.duration", "s", "From the load of a commit's journeys to its end, conflicts included.", advice: Telemetry.SecondsBuckets);
        lag = meter.CreateHistogram<double>("attribution.attribute.lag", "s", "From the receipt of a pack to its commit.", advice: Telemetry.SecondsBuckets);
        age = meter.CreateHistogram<double>("attribution.attribute.age", "s", "From an event's own time to its commit.", advice: Telemetry.SecondsBuckets);
    }

    /// <summary>A pack was committed, with the events that were good and the reasons of those that were not.</summary>
    public void RecordPack(EventPack pack, IReadOnlyCollection<JourneyEvent> happened, IEnumerable<RejectionReason> poisoned, DateTimeOffset now)
    {
        foreach (var (type, count) in happened.CountBy(WireNames.ForEvent))
            events.Add(count, new("type", type), new("outcome", "committed"));
        foreach (var (reason, count) in poisoned.CountBy(reason => reason))
            events.Add(count, new("type", WireNames.UnknownType), new("outcome", WireNames.ForReason(reason)));
        lag.Record((now - pack.ReceivedAt).TotalSeconds);
        foreach (var one in happened)
            age.Record((now - one.At.ToDateTimeOffset()).TotalSeconds);
    }

    /// <summary>What a commit changed of the names that match nothing.</summary>
    public void RecordUnmatched(MeasureSums deltas)
    {
        foreach (var (key, cell) in deltas.Cells)
        {
            if (!key.IsUnmatched) continue;
            var kind = UnmatchedNames.KindOf(key);
            unmatched.Add(cell[UnmatchedNames.MeasureOf(kind)], new KeyValuePair<string, object?>("kind", kind.ToString().ToLowerInvariant()));
        }
    }

    /// <summary>A commit ended well after so long.</summary>
    public void RecordCommitDuration(TimeSpan duration) => commit.Record(duration.TotalSeconds);

    /// <summary>A commit was refused and starts again.</summary>
    public void RecordConflict(CommitOutcome outcome) => conflicts.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
}
