using System.Collections.Immutable;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>Adds up the counts of evicted touches.</summary>
internal sealed class EvictedCountsBuilder
{
    private readonly Dictionary<(DateOnly Day, Placement Placement, Measure Measure), long> counts;

    /// <summary>Creates a builder that starts from existing counts.</summary>
    public EvictedCountsBuilder(ImmutableArray<EvictedCount> existing) =>
        counts = existing.ToDictionary(count => (count.Day, count.Placement, count.Measure), count => count.Count);

    /// <summary>Adds the counts of a touch.</summary>
    public void Add(Touch touch, in TouchMatch match)
    {
        foreach (var (key, measure) in TouchCounting.CountsFor("", touch, match))
        {
            var placement = new Placement(key.Campaign, key.Creator);
            Add(new(key.Day, placement, measure, 1));
            if (TouchCounting.CountsAsVisitor(touch, match)) Add(new(key.Day, placement, Measure.UniqueVisitors, 1));
        }
    }

    /// <summary>
    /// Adds a count. A journey is one visitor per day and placement, regardless of how often it is added.
    /// </summary>
    public void Add(EvictedCount count)
    {
        var key = (count.Day, count.Placement, count.Measure);
        counts[key] = count.Measure == Measure.UniqueVisitors ? 1 : counts.GetValueOrDefault(key) + count.Count;
    }

    /// <summary>Returns the counts ordered by (day, campaign, creator, measure).</summary>
    public ImmutableArray<EvictedCount> ToImmutable() =>
    [
        .. counts.Select(pair => new EvictedCount(pair.Key.Day, pair.Key.Placement, pair.Key.Measure, pair.Value))
            .OrderBy(count => count.Day)
            .ThenBy(count => count.Placement.Campaign, StringComparer.Ordinal)
            .ThenBy(count => count.Placement.Creator, StringComparer.Ordinal)
            .ThenBy(count => count.Measure),
    ];
}
