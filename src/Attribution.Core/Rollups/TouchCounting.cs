using Attribution.Core.Journeys;
using Attribution.Core.Quality;

namespace Attribution.Core.Rollups;

/// <summary>As what a touch counts, while its journey holds it and after it left. Pure.</summary>
internal static class TouchCounting
{
    /// <summary>Where it counts: under its placement, or, where nothing matched, under the names that did not; nowhere, where it belongs to a labelled click or is evidence only.</summary>
    public static IEnumerable<(RollupKey Key, Measure Measure)> CountsFor(string brand, Touch touch, TouchMatch matched)
    {
        if (touch.IsEvidenceOnly) yield break;
        switch (matched.Role)
        {
            case TouchRole.Unmatched when touch.Label == TouchLabel.None:
                if (touch.Slug is not null) yield return OfName(UnmatchedKind.Link, touch.Slug);
                if (touch.Utm is not null) yield return OfName(UnmatchedKind.Utm, UnmatchedNames.NameOf(touch.Utm));
                break;
            case TouchRole.Kept or TouchRole.SameTouch or TouchRole.OfClick:
                yield return (RollupKey.ForPlacement(brand, matched.Day, matched.Placement!), touch.Kind == TouchKind.Click ? Measure.Clicks : Measure.Visits);
                break;
            case TouchRole.Labelled:
                yield return (RollupKey.ForPlacement(brand, matched.Day, matched.Placement!), touch.Label switch
                {
                    TouchLabel.Bot => Measure.InvalidBot,
                    TouchLabel.Prefetch => Measure.InvalidPrefetch,
                    TouchLabel.Head => Measure.InvalidHead,
                    _ => throw new ArgumentOutOfRangeException(nameof(touch), touch.Label, "A labelled touch needs a label."),
                });
                break;
        }

        (RollupKey, Measure) OfName(UnmatchedKind kind, string name) =>
            (RollupKey.Unmatched(brand, matched.Day, kind, UnmatchedNames.Truncate(name)), UnmatchedNames.MeasureOf(kind));
    }

    /// <summary>Whether a touch that counts makes its journey a visitor of the day and placement.</summary>
    public static bool CountsAsVisitor(in TouchMatch matched) => matched.Role is TouchRole.Kept or TouchRole.SameTouch or TouchRole.OfClick;
}
