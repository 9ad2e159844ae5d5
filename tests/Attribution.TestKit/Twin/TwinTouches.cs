using Attribution.Contracts;

namespace Attribution.TestKit.Twin;

/// <summary>A click, or a visit that came without one, of a placement.</summary>
internal sealed record TwinTouch(TwinEvent Event, TwinPlacement Placement, bool IsClick, string? Label)
{
    public long At => Event.At;

    /// <summary>The order of touches: time, then clicks before visits, then source and id.</summary>
    public static int Compare(TwinTouch a, TwinTouch b) =>
        a.At != b.At ? a.At.CompareTo(b.At) : a.IsClick != b.IsClick ? b.IsClick.CompareTo(a.IsClick) : TwinEvent.Compare(a.Event, b.Event);
}

/// <summary>What a person's clicks and visits come to.</summary>
internal static class TwinTouches
{
    private const long DuplicateWindow = 30 * 60_000;

    /// <summary>Every click and visit that matched, in order, visits of a click aside.</summary>
    public static List<TwinTouch> FromPerson(List<TwinEvent> person, TwinCatalog catalog)
    {
        var touches = Clicks(person, catalog);
        foreach (var happened in person)
            if (happened.Body is VisitEvent visit && ClickOf(visit, person, touches) is null && catalog.FindByUtm(happened.Brand, visit.Url, happened.At) is { } placement)
                touches.Add(new(happened, placement, IsClick: false, LabelOf(visit.Label, visit.UserAgent)));
        touches.Sort(TwinTouch.Compare);
        return touches;
    }

    /// <summary>Touches that may earn: no bot's, and not the same touch again within 30 minutes of the last one of its placement.</summary>
    public static List<TwinTouch> WithoutDuplicates(List<TwinTouch> touches)
    {
        var kept = new List<TwinTouch>();
        foreach (var placement in touches.Where(touch => touch.Label is null).GroupBy(touch => touch.Placement))
        {
            TwinTouch? before = null;
            foreach (var touch in placement)
            {
                if (before is null || touch.At - before.At > DuplicateWindow) kept.Add(touch);
                before = touch;
            }
        }

        kept.Sort(TwinTouch.Compare);
        return kept;
    }

    /// <summary>Clicks, visits, visitors and bots, by day and placement.</summary>
    public static void Count(List<TwinEvent> person, List<TwinTouch> touches, TwinCatalog catalog, TwinResult books)
    {
        var brand = person[0].Brand;
        var seen = new HashSet<(DateOnly, TwinPlacement)>();
        void Add(TwinEvent happened, TwinPlacement placement, string measure, string? label)
        {
            var day = catalog.DayOf(brand, happened.At);
            books.Add(brand, day, placement, "", label is null ? measure : "invalid " + label, 1);
            if (label is null) seen.Add((day, placement));
        }

        foreach (var touch in touches) Add(touch.Event, touch.Placement, touch.IsClick ? "clicks" : "visits", touch.Label);
        foreach (var happened in person)
            if (happened.Body is VisitEvent visit && ClickOf(visit, person, touches) is { Label: null } click)
                Add(happened, click.Placement, "visits", LabelOf(visit.Label, visit.UserAgent));
        foreach (var happened in person)
            if (Unmatched(happened, person, touches) is { } name)
                books.Add(brand, catalog.DayOf(brand, happened.At), name, "", name.Campaign == "?link" ? "clicks" : "visits", 1);
        foreach (var (day, placement) in seen) books.Add(brand, day, placement, "", "uniqueVisitors", 1);
    }

    /// <summary>What a click or visit of no bot's named that nothing matched: a slug, or UTM parameters as one name.</summary>
    private static TwinPlacement? Unmatched(TwinEvent happened, List<TwinEvent> person, List<TwinTouch> touches)
    {
        if (touches.Exists(touch => touch.Event == happened)) return null;
        if (happened.Body is ClickEvent click) return LabelOf(click.Label, click.UserAgent) is null ? new("?link", click.Link) : null;
        if (happened.Body is not VisitEvent visit || LabelOf(visit.Label, visit.UserAgent) is not null || ClickOf(visit, person, touches) is not null) return null;
        var named =
            from member in new[] { "source", "medium", "campaign", "content", "term", "id" }
            let value = TwinEvent.Normalize(TwinEvent.Parameter(visit.Url, "utm_" + member))
            where value is not null
            select $"{member}={value}";
        return string.Join('&', named) is { Length: > 0 } name ? new("?utm", name) : null;
    }

    private static List<TwinTouch> Clicks(List<TwinEvent> person, TwinCatalog catalog)
    {
        var clicks = new List<TwinTouch>();
        foreach (var happened in person)
            if (happened.Body is ClickEvent click && catalog.FindByLink(happened.Brand, click.Link, happened.At) is { } placement)
                clicks.Add(new(happened, placement, IsClick: true, LabelOf(click.Label, click.UserAgent)));
        return clicks;
    }

    /// <summary>The click that a visit belongs to: of those with its click id the earliest, if that one matched.</summary>
    private static TwinTouch? ClickOf(VisitEvent visit, List<TwinEvent> person, List<TwinTouch> touches)
    {
        if (TwinEvent.ClickIdOf(visit) is not { } id) return null;
        var owner = person.Where(happened => happened.Body is ClickEvent click && click.ClickId == id).Order(Comparer<TwinEvent>.Create(TwinEvent.Compare)).FirstOrDefault();
        return owner is null ? null : touches.Find(touch => touch.Event == owner);
    }

    private static string? LabelOf(string? told, string? userAgent) =>
        told ?? (userAgent?.Contains("bot", StringComparison.OrdinalIgnoreCase) == true ? "bot" : null);
}
