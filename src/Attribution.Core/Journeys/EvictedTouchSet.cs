using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Attribution.Core.Events;

namespace Attribution.Core.Journeys;

/// <summary>
/// The evicted touches of a journey as a set by id. A journey may have evicted very many, and each event asks for one of them:
/// the ids of a large set are therefore indexed once per array. Pure; the index is only remembered.
/// </summary>
internal static class EvictedTouchSet
{
    private const int MaxSearched = 64;

    private static readonly ConditionalWeakTable<EvictedTouch[], HashSet<EventId>> Indexes = [];

    public static bool Contains(ImmutableArray<EvictedTouch> touches, EventId id)
    {
        if (touches.Length > MaxSearched)
            return Indexes.GetValue(ImmutableCollectionsMarshal.AsArray(touches)!, Index).Contains(id);
        foreach (var touch in touches)
            if (touch.Id == id)
                return true;
        return false;
    }

    /// <summary>Returns the touches of two sets in event order. Both are in this order; of two with one id, the first is kept.</summary>
    public static ImmutableArray<EvictedTouch> Union(ImmutableArray<EvictedTouch> touches, ImmutableArray<EvictedTouch> others)
    {
        if (others.IsEmpty) return touches;
        if (touches.IsEmpty) return others;
        var union = ImmutableArray.CreateBuilder<EvictedTouch>(touches.Length + others.Length);
        var next = 0;
        foreach (var other in others)
        {
            if (Contains(touches, other.Id)) continue;
            while (next < touches.Length && EventOrder.Compare(touches[next].At, touches[next].Id, other.At, other.Id) <= 0) union.Add(touches[next++]);
            union.Add(other);
        }

        union.AddRange(touches.AsSpan()[next..]);
        return union.DrainToImmutable();
    }

    private static HashSet<EventId> Index(EvictedTouch[] touches)
    {
        var ids = new HashSet<EventId>(touches.Length);
        foreach (var touch in touches) ids.Add(touch.Id);
        return ids;
    }
}
