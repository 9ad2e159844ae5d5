using System.Collections.Immutable;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>
/// A visitor of a day and placement that a journey shares with one archived from it: one of the two counts whether the
/// visitor converted.
/// </summary>
/// <param name="Day">The brand's local day, as matched when the journey was divided.</param>
/// <param name="Placement">The placement, as matched when the journey was divided.</param>
/// <param name="Role">The part of this journey.</param>
public sealed record SharedVisitor(DateOnly Day, Placement Placement, SharedVisitorRole Role);

/// <summary>The part of a journey in counting a shared visitor. Stored: never renumber.</summary>
public enum SharedVisitorRole
{
    /// <summary>Only archived orders converted the visitor; the archived journey counts it.</summary>
    CountedElsewhere = 0,

    /// <summary>This journey was archived, and counts whether its orders converted a visitor of the other one.</summary>
    CountedHere = 1,

    /// <summary>Archived orders converted the visitor too, so it stays converted without this journey's orders.</summary>
    AlwaysConverted = 2,
}

/// <summary>The division of converted visitors between journeys. Pure.</summary>
internal static class SharedVisitors
{
    /// <summary>Returns what both parts of a divided journey count, so that their sum is that of the whole.</summary>
    /// <param name="whole">The evaluated journey.</param>
    /// <param name="rest">The remaining part, with its touches marked by its own orders.</param>
    /// <param name="archived">The archived part, with its touches marked by its own orders.</param>
    public static (Journey Remaining, Journey Archived) Divide(Journey whole, Journey rest, Journey archived)
    {
        var (byRest, byArchived) = (ConvertedCells(rest), ConvertedCells(archived));
        var roles = whole.SharedVisitors.ToDictionary(shared => (shared.Day, shared.Placement), shared => shared.Role);
        var moved = new List<SharedVisitor>();
        foreach (var cell in JourneyMeasures.FindConvertedVisitors(whole).Where(byArchived.Contains).ToList())
        {
            SharedVisitorRole? role = roles.TryGetValue(cell, out var known) ? known : null;
            if (byRest.Contains(cell)) roles[cell] = role ?? SharedVisitorRole.AlwaysConverted;
            if (byRest.Contains(cell) || role == SharedVisitorRole.AlwaysConverted) continue;
            // The visitor of a part that was itself archived is counted by a third journey.
            if (role == SharedVisitorRole.CountedHere) roles.Remove(cell);
            else roles[cell] = SharedVisitorRole.CountedElsewhere;
            moved.Add(new(cell.Day, cell.Placement, SharedVisitorRole.CountedHere));
        }

        return (
            rest with { SharedVisitors = Sort(roles.Select(role => new SharedVisitor(role.Key.Day, role.Key.Placement, role.Value))) },
            archived with { SharedVisitors = Sort(moved) });
    }

    /// <summary>Returns the shared visitors of two journeys that become one, without those that only the two shared.</summary>
    public static ImmutableArray<SharedVisitor> Merge(ImmutableArray<SharedVisitor> a, ImmutableArray<SharedVisitor> b)
    {
        if (a.IsEmpty || b.IsEmpty) return a.IsEmpty ? b : a;
        return Sort(
            from shared in a.Concat(b)
            group shared.Role by (shared.Day, shared.Placement) into roles
            let role = roles.Max()
            where role == SharedVisitorRole.AlwaysConverted || roles.Min() == role
            select new SharedVisitor(roles.Key.Day, roles.Key.Placement, role));
    }

    private static HashSet<(DateOnly Day, Placement Placement)> ConvertedCells(Journey journey) =>
        [.. journey.Touches.Where(touch => touch.IsConverted).Select(touch => (touch.Day, touch.Placement!))];

    private static ImmutableArray<SharedVisitor> Sort(IEnumerable<SharedVisitor> visitors) =>
    [
        .. visitors.OrderBy(shared => shared.Day).ThenBy(shared => shared.Placement.Campaign, StringComparer.Ordinal)
            .ThenBy(shared => shared.Placement.Creator, StringComparer.Ordinal),
    ];
}
