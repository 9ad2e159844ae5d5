using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Planning;

/// <summary>
/// A journey in the working set of a <see cref="JourneyPlanner"/>: the stored state and the changes to it.
/// </summary>
internal sealed class PlannedJourney(Journey journey)
{
    public Journey Journey { get; private set; } = journey;
    public List<StoredJourney> Stored { get; } = [];
    public List<JourneyEvent> Events { get; } = [];
    public bool IsChanged { get; set; }
    public bool IsMerged { get; private set; }
    public PlannedJourney? MergedInto { get; private set; }
    public PlannedJourney Survivor => MergedInto is null ? this : MergedInto = MergedInto.Survivor;

    /// <summary>Gets the latest time at which one of the added events was received; null if it is not known.</summary>
    public Timestamp? ReceivedAt { get; private set; }

    public void Add(JourneyEvent journeyEvent, Timestamp? receivedAt)
    {
        var extended = Journey.WithEvent(journeyEvent);
        if (ReferenceEquals(extended, Journey)) return;
        Journey = extended;
        Events.Add(journeyEvent);
        ReceivedAt = Latest(ReceivedAt, receivedAt);
        IsChanged = true;
    }

    public void MergeFrom(PlannedJourney other)
    {
        Journey = Journey.MergeFrom(other.Journey);
        Stored.AddRange(other.Stored);
        Events.AddRange(other.Events);
        ReceivedAt = Latest(ReceivedAt, other.ReceivedAt);
        other.MergedInto = this;
        IsChanged = IsMerged = true;
    }

    private static Timestamp? Latest(Timestamp? a, Timestamp? b) => a > b || b is null ? a : b;
}
