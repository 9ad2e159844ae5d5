using System.Collections.Immutable;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>
/// What a journey that grows beyond its bounds keeps, and what becomes of the rest: it is counted in the journey's base from then on and
/// its ids stay known. Which touches are kept is a function of the set of all that ever came and of the catalog, not of the order they
/// came in: the newest of each of two kinds, told apart by the touch itself. Pure.
/// </summary>
internal static class TouchEviction
{
    /// <summary>The journey without the touches that have to leave, and what those that stay come to.</summary>
    /// <param name="journey">The journey with all its touches.</param>
    /// <param name="matched">What each of its touches comes to.</param>
    /// <param name="bounds">How many may stay.</param>
    public static (Journey Journey, TouchMatch[] Matched) Evict(Journey journey, TouchMatch[] matched, JourneyBounds bounds)
    {
        var touches = journey.Touches;
        if (touches.Length <= Math.Min(bounds.MaxTouches, bounds.MaxUncreditableTouches)) return (journey, matched);

        var leaves = new bool[touches.Length];
        var (room, roomAside, leaving) = (bounds.MaxTouches, bounds.MaxUncreditableTouches, 0);
        for (var i = touches.Length - 1; i >= 0; i--)
            if (!touches[i].IsEvidenceOnly && (IsUncreditable(touches[i], matched[i]) ? --roomAside : --room) < 0)
                (leaves[i], leaving) = (true, leaving + 1);
        if (leaving == 0) return (journey, matched);

        var counts = new EvictedCountsBuilder(journey.EvictedCounts);
        var gone = journey.EvictedTouches.ToBuilder();
        for (var i = 0; i < leaves.Length; i++)
        {
            if (!leaves[i]) continue;
            var touch = touches[i];
            counts.Add(touch, matched[i]);
            gone.Add(new(touch.Id, touch.At, touch.Kind == TouchKind.Click ? touch.ClickId : null, matched[i].Placement, touch.Label != TouchLabel.None));
        }

        return (
            journey with
            {
                Touches = [.. touches.Where((_, i) => !leaves[i])],
                EvictedCounts = counts.ToImmutable(),
                EvictedTouches = [.. gone.OrderBy(touch => touch.At).ThenBy(touch => touch.Id)],
            },
            [.. matched.Where((_, i) => !leaves[i])]);
    }

    /// <summary>
    /// Labelled, or matched nothing. A visit that names a click is not set aside though it matched nothing yet: its click may come, and
    /// what is kept must not hang on which of the two came first.
    /// </summary>
    private static bool IsUncreditable(Touch touch, in TouchMatch matched) =>
        touch.Label != TouchLabel.None || (matched.Placement is null && (touch.Kind == TouchKind.Click || touch.ClickId is null));
}

/// <summary>The counts of touches that left a journey, on their way to its base.</summary>
internal sealed class EvictedCountsBuilder
{
    private readonly Dictionary<(DateOnly Day, Placement Placement, Measure Measure), long> counts;

    /// <summary>Begins with a base.</summary>
    public EvictedCountsBuilder(ImmutableArray<EvictedCount> counted) => counts = counted.ToDictionary(count => (count.Day, count.Placement, count.Measure), count => count.Count);

    /// <summary>Adds what a touch counts.</summary>
    public void Add(Touch touch, in TouchMatch matched)
    {
        foreach (var (key, measure) in TouchCounting.CountsFor("", touch, matched))
        {
            var placement = new Placement(key.Campaign, key.Creator);
            Add(new(key.Day, placement, measure, 1));
            if (TouchCounting.CountsAsVisitor(matched)) Add(new(key.Day, placement, Measure.UniqueVisitors, 1));
        }
    }

    /// <summary>Adds a count; a visitor is one on a day and placement, however often counted.</summary>
    public void Add(EvictedCount more)
    {
        var key = (more.Day, more.Placement, more.Measure);
        counts[key] = more.Measure == Measure.UniqueVisitors ? 1 : counts.GetValueOrDefault(key) + more.Count;
    }

    /// <summary>The base, by (day, campaign, creator, measure).</summary>
    public ImmutableArray<EvictedCount> ToImmutable() =>
    [
        .. counts.Select(pair => new EvictedCount(pair.Key.Day, pair.Key.Placement, pair.Key.Measure, pair.Value))
            .OrderBy(count => count.Day)
            .ThenBy(count => count.Placement.Campaign, StringComparer.Ordinal)
            .ThenBy(count => count.Placement.Creator, StringComparer.Ordinal)
            .ThenBy(count => count.Measure),
    ];
}
