using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Quality;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>What each touch of a journey comes to under a catalog: its day, its placement and what it counts as. Pure.</summary>
internal static class TouchMatching
{
    /// <summary>Two touches of one placement that lie at most this far apart are the same touch: 30 minutes.</summary>
    public static readonly TimeSpan RepeatWindow = TimeSpan.FromMinutes(30);

    /// <summary>Gives each touch its day and its placement: a click by its link, a visit by its click, else by its parameters.</summary>
    /// <param name="touches">In order.</param>
    /// <param name="gone">Clicks that have left the journey and may own visits still.</param>
    /// <param name="brand">The journey's brand.</param>
    /// <param name="catalog">What to match with.</param>
    public static TouchMatch[] MatchTouches(ImmutableArray<Touch> touches, ImmutableArray<EvictedTouch> gone, BrandSettings brand, CatalogSnapshot catalog)
    {
        var matched = new TouchMatch[touches.Length];
        var owners = new Dictionary<string, ClickOwner>(StringComparer.Ordinal);
        foreach (var click in gone) RegisterOwner(owners, click.ClickId, new(click.At, click.Id, click.Placement, click.IsLabeled));
        for (var i = 0; i < matched.Length; i++)
        {
            var touch = touches[i];
            if (touch.Kind != TouchKind.Click) continue;
            matched[i] = FromAssignment(touch, catalog.MatchLink(brand.Id, touch.Slug!, touch.At), brand);
            RegisterOwner(owners, touch.ClickId, new(touch.At, touch.Id, matched[i].Placement, touch.Label != TouchLabel.None));
        }

        for (var i = 0; i < matched.Length; i++)
            if (touches[i].Kind == TouchKind.Visit)
                matched[i] = MatchVisit(touches[i], owners, brand, catalog);
        return matched;
    }

    /// <summary>A touch within 30 minutes of the one before it of its placement, itself kept or not, is the same touch.</summary>
    public static void MarkRepeats(ImmutableArray<Touch> touches, Span<TouchMatch> matched)
    {
        var last = new Dictionary<Placement, Timestamp>();
        for (var i = 0; i < matched.Length; i++)
        {
            if (matched[i].Role != TouchRole.Kept) continue;
            var (at, placement) = (touches[i].At, matched[i].Placement!);
            if (last.TryGetValue(placement, out var before) && at - before <= RepeatWindow)
                matched[i] = matched[i] with { Role = TouchRole.SameTouch };
            last[placement] = at;
        }
    }

    /// <summary>Of several clicks with one id the earliest owns the landing.</summary>
    private static void RegisterOwner(Dictionary<string, ClickOwner> owners, string? clickId, ClickOwner click)
    {
        if (clickId is null || (owners.TryGetValue(clickId, out var known) && (known.At, known.Id).CompareTo((click.At, click.Id)) <= 0)) return;
        owners[clickId] = click;
    }

    private static TouchMatch MatchVisit(Touch visit, Dictionary<string, ClickOwner> owners, BrandSettings brand, CatalogSnapshot catalog)
    {
        if (visit.ClickId is not null && owners.TryGetValue(visit.ClickId, out var click) && click.Placement is not null)
            return new(brand.Calendar.DayOf(visit.At), click.Placement, null,
                click.IsLabeled ? TouchRole.OfLabelledClick
                    : visit.Label != TouchLabel.None ? TouchRole.Labelled
                    : TouchRole.OfClick);
        return FromAssignment(visit, visit.Utm is null ? null : catalog.MatchUtm(brand.Id, visit.Utm, visit.At), brand);
    }

    private static TouchMatch FromAssignment(Touch touch, Assignment? assignment, BrandSettings brand) => new(
        brand.Calendar.DayOf(touch.At), assignment?.Placement, assignment?.Name,
        assignment is null ? TouchRole.Unmatched : touch.Label != TouchLabel.None ? TouchRole.Labelled : TouchRole.Kept);

    private readonly record struct ClickOwner(Timestamp At, EventId Id, Placement? Placement, bool IsLabeled);
}
