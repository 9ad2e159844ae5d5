using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>The canonical order of events: by (time, source, id).</summary>
internal static class EventOrder
{
    /// <summary>Compares two events.</summary>
    public static int Compare(JourneyEvent a, JourneyEvent b) => Compare(a.At, a.Id, b.At, b.Id);

    /// <summary>Compares two events by their times and ids.</summary>
    public static int Compare(Timestamp at, EventId id, Timestamp otherAt, EventId otherId) =>
        at != otherAt ? at.CompareTo(otherAt) : id.CompareTo(otherId);

    /// <summary>
    /// Compares two reports of one order, conversion or refund by the time of their states, then by first receipt, then
    /// by (source, id). The later one applies.
    /// </summary>
    public static int CompareStates(IStateReport a, IStateReport b)
    {
        var byState = (a.StateAt ?? a.At).CompareTo(b.StateAt ?? b.At);
        if (byState != 0) return byState;
        var byReceipt = Nullable.Compare(a.ReceivedAt, b.ReceivedAt);
        return byReceipt != 0 ? byReceipt : a.Id.CompareTo(b.Id);
    }

    /// <summary>Sorts events.</summary>
    public static IEnumerable<T> InEventOrder<T>(this IEnumerable<T> events) where T : JourneyEvent =>
        events.OrderBy(journeyEvent => journeyEvent.At).ThenBy(journeyEvent => journeyEvent.Id);

    /// <summary>Sorts evicted touches.</summary>
    public static IEnumerable<EvictedTouch> InEventOrder(this IEnumerable<EvictedTouch> touches) =>
        touches.OrderBy(touch => touch.At).ThenBy(touch => touch.Id);
}
