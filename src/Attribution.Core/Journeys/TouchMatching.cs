using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Quality;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>Matches the touches of a journey with a catalog: their days, placements and roles. Pure.</summary>
internal static class TouchMatching
{
    /// <summary>
    /// Longest distance at which two touches of one placement are the same touch: 30 minutes, inclusive.
    /// </summary>
    public static readonly TimeSpan RepeatWindow = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Matches each touch: a click by its link, a visit by its click, otherwise by its UTM parameters.
    /// </summary>
    /// <param name="touches">The touches in order.</param>
    /// <param name="evicted">Evicted touches, whose clicks may still own visits.</param>
    /// <param name="brand">The journey's brand.</param>
    /// <param name="catalog">The catalog to match with.</param>
    public static TouchMatch[] MatchTouches(
        ImmutableArray<Touch> touches, ImmutableArray<EvictedTouch> evicted, BrandSettings brand, CatalogSnapshot catalog)
    {
        var matches = new TouchMatch[touches.Length];
        var owners = new Dictionary<string, ClickOwner>(StringComparer.Ordinal);
        foreach (var click in evicted)
            RegisterOwner(owners, click.ClickId, new(click.At, click.Id, click.Placement, click.IsLabeled));
        for (var i = 0; i < matches.Length; i++)
        {
            var touch = touches[i];
            if (touch.Kind != TouchKind.Click) continue;
            matches[i] = FromAssignment(touch, catalog.MatchLink(brand.Id, touch.Slug!, touch.At), brand);
            RegisterOwner(
                owners, touch.ClickId, new(touch.At, touch.Id, matches[i].Placement, touch.Label != TouchLabel.None));
        }

        for (var i = 0; i < matches.Length; i++)
            if (touches[i].Kind == TouchKind.Visit)
                matches[i] = MatchVisit(touches[i], owners, brand, catalog);
        return matches;
    }

    /// <summary>
    /// Marks each touch within 30 minutes after the previous touch of its placement as a repetition, whether or not the
    /// previous touch is a repetition itself.
    /// </summary>
    public static void MarkRepeats(ImmutableArray<Touch> touches, Span<TouchMatch> matches)
    {
        var latest = new Dictionary<Placement, Timestamp>();
        for (var i = 0; i < matches.Length; i++)
        {
            if (matches[i].Role != TouchRole.Kept) continue;
            var (at, placement) = (touches[i].At, matches[i].Placement!);
            if (latest.TryGetValue(placement, out var previous) && at - previous <= RepeatWindow)
                matches[i] = matches[i] with { Role = TouchRole.SameTouch };
            latest[placement] = at;
        }
    }

    /// <summary>Replaces the derived members of the touches whose match has changed.</summary>
    public static ImmutableArray<Touch> Apply(TouchMatch[] matches, ImmutableArray<Touch> touches)
    {
        ImmutableArray<Touch>.Builder? changed = null;
        for (var i = 0; i < matches.Length; i++)
        {
            if (matches[i] == touches[i].Match) continue;
            var (day, placement, matchedBy, role) = matches[i];
            (changed ??= touches.ToBuilder())[i] =
                touches[i] with { Day = day, Placement = placement, MatchedBy = matchedBy, Role = role };
        }

        return changed?.MoveToImmutable() ?? touches;
    }

    /// <summary>
    /// Registers a click as owner of its visits. Of several clicks with one id, the earliest is the owner.
    /// </summary>
    private static void RegisterOwner(Dictionary<string, ClickOwner> owners, string? clickId, ClickOwner click)
    {
        if (clickId is null) return;
        if (owners.TryGetValue(clickId, out var known) && EventOrder.Compare(known.At, known.Id, click.At, click.Id) <= 0) return;
        owners[clickId] = click;
    }

    private static TouchMatch MatchVisit(
        Touch visit, Dictionary<string, ClickOwner> owners, BrandSettings brand, CatalogSnapshot catalog)
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
