namespace Attribution.Core.Events;

/// <summary>The identity of an event. Two events with the same identity are one event.</summary>
/// <param name="Source">The event's source.</param>
/// <param name="Id">The id, unique within the source.</param>
public readonly record struct EventId(string Source, string Id) : IComparable<EventId>
{
    /// <summary>Compares by source, then by id, both ordinal.</summary>
    public int CompareTo(EventId other)
    {
        var bySource = string.CompareOrdinal(Source, other.Source);
        return bySource != 0 ? bySource : string.CompareOrdinal(Id, other.Id);
    }
}
