using System.Diagnostics.Metrics;
using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Storage;

namespace Attribution.Host.Attributing;

/// <summary>The stage's instruments, on the meter <c>Attribution.Attribute</c>.</summary>
public sealed class AttributeMeter
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Attribution.Attribute";

    private readonly Counter<long> events;
    private readonly Counter<long> conflicts;
    private readonly Histogram<double> lag;

    /// <summary>Makes the instruments.</summary>
    public AttributeMeter(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        events = meter.CreateCounter<long>("attribution.attribute.events", "{event}", "Events committed to journeys, by type.");
        conflicts = meter.CreateCounter<long>("attribution.attribute.conflicts", "{commit}", "Commits that started again, by outcome.");
        lag = meter.CreateHistogram<double>("attribution.attribute.lag", "s", "From the receipt of a pack to its commit.");
    }

    /// <summary>A pack was committed.</summary>
    public void Committed(EventPack pack, IEnumerable<JourneyEvent> happened, DateTimeOffset now)
    {
        foreach (var type in happened.CountBy(one => one.GetType().Name))
            events.Add(type.Value, new KeyValuePair<string, object?>("type", type.Key));
        lag.Record((now - pack.ReceivedAt).TotalSeconds);
    }

    /// <summary>A commit was refused and starts again.</summary>
    public void Conflict(CommitOutcome outcome) => conflicts.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
}
