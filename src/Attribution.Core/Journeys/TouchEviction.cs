using Attribution.Core.Quality;

namespace Attribution.Core.Journeys;

/// <summary>
/// Evicts touches from a journey that exceeds its bounds. Evicted touches are counted in the journey's evicted counts,
/// and their ids stay known. The result depends on the set of all touches ever added and on the catalog, not on the
/// order of arrival: the newest touches of two classes are kept, and the class depends only on the touch itself. Pure.
/// </summary>
internal static class TouchEviction
{
    /// <summary>Removes the touches beyond the bounds.</summary>
    /// <param name="journey">The journey with all its touches.</param>
    /// <param name="matches">The match of each touch.</param>
    /// <param name="bounds">The bounds.</param>
    /// <returns>The journey with the remaining touches, and their matches.</returns>
    public static (Journey Journey, TouchMatch[] Matches) Evict(
        Journey journey, TouchMatch[] matches, JourneyBounds bounds)
    {
        var touches = journey.Touches;
        var isEvicted = new bool[touches.Length];
        var (room, uncreditableRoom, evictedCount) = (bounds.MaxTouches, bounds.MaxUncreditableTouches, 0);
        for (var i = touches.Length - 1; i >= 0; i--)
            if (!touches[i].IsEvidenceOnly && (IsUncreditable(touches[i], matches[i]) ? --uncreditableRoom : --room) < 0)
                (isEvicted[i], evictedCount) = (true, evictedCount + 1);
        if (evictedCount == 0) return (journey, matches);

        var counts = new EvictedCountsBuilder(journey.EvictedCounts);
        var evicted = new List<EvictedTouch>(evictedCount);
        for (var i = 0; i < isEvicted.Length; i++)
        {
            if (!isEvicted[i]) continue;
            var touch = touches[i];
            counts.Add(touch, matches[i]);
            evicted.Add(new(
                touch.Id, touch.At, touch.Kind == TouchKind.Click ? touch.ClickId : null, matches[i].Placement,
                touch.Label != TouchLabel.None && matches[i].Role != TouchRole.Kept));
        }

        return (
            journey with
            {
                Touches = [.. touches.Where((_, i) => !isEvicted[i])],
                EvictedCounts = counts.ToImmutable(),
                EvictedTouches = EvictedTouchSet.Union(journey.EvictedTouches, [.. evicted.InEventOrder()]),
            },
            [.. matches.Where((_, i) => !isEvicted[i])]);
    }

    /// <summary>
    /// Returns true for touches that are labeled or matched nothing. A visit that names a click is not one of them unless
    /// its own label excludes it everywhere: its click may still arrive, and the kept touches must not depend on which of
    /// the two arrives first.
    /// </summary>
    private static bool IsUncreditable(Touch touch, in TouchMatch match) =>
        touch.Kind == TouchKind.Visit && touch.ClickId is not null
            ? touch.Label is not (TouchLabel.None or TouchLabel.Assistant)
            : match.Role is TouchRole.Unmatched or TouchRole.Labelled;
}
