using Attribution.Core.Journeys;
using Attribution.Core.Quality;

namespace Attribution.Core.Rollups;

/// <summary>
/// Determines the measures that a touch counts for, both while it is in its journey and after its eviction. Pure.
/// </summary>
internal static class TouchCounting
{
    /// <summary>
    /// Returns the keys and measures that a touch counts for: those of its placement, or of the names that did not
    /// match. Empty if it belongs to a labeled click or is evidence only.
    /// </summary>
    public static IEnumerable<(RollupKey Key, Measure Measure)> CountsFor(string brand, Touch touch, TouchMatch match)
    {
        if (touch.IsEvidenceOnly) yield break;
        switch (match.Role)
        {
            case TouchRole.Unmatched when touch.Label == TouchLabel.None:
                if (touch.Slug is not null) yield return OfName(UnmatchedKind.Link, touch.Slug);
                if (touch.Utm is not null) yield return OfName(UnmatchedKind.Utm, UnmatchedNames.NameOf(touch.Utm));
                break;
            case TouchRole.Kept or TouchRole.SameTouch or TouchRole.OfClick:
                yield return (RollupKey.ForPlacement(brand, match.Day, match.Placement!), touch.Kind == TouchKind.Click ? Measure.Clicks : Measure.Visits);
                break;
            case TouchRole.Labelled:
                yield return (RollupKey.ForPlacement(brand, match.Day, match.Placement!), touch.Label switch
                {
                    TouchLabel.Bot => Measure.InvalidBot,
                    TouchLabel.Prefetch => Measure.InvalidPrefetch,
                    TouchLabel.Head => Measure.InvalidHead,
                    _ => throw new ArgumentOutOfRangeException(nameof(touch), touch.Label, "A labeled touch must have a label."),
                });
                break;
        }

        (RollupKey, Measure) OfName(UnmatchedKind kind, string name) =>
            (RollupKey.Unmatched(brand, match.Day, kind, UnmatchedNames.Truncate(name)),
                UnmatchedNames.MeasureOf(kind));
    }

    /// <summary>Returns true if a counted touch makes its journey a visitor of the placement on that day.</summary>
    public static bool CountsAsVisitor(in TouchMatch match) =>
        match.Role is TouchRole.Kept or TouchRole.SameTouch or TouchRole.OfClick;
}
