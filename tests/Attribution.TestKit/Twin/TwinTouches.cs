using Attribution.Contracts;

namespace Attribution.TestKit.Twin;

/// <summary>A click, a visit without a click, or a claim of a placement.</summary>
internal sealed record TwinTouch(TwinEvent Event, TwinPlacement Placement, bool IsClick, string? Label)
{
    public long At => Event.At;

    /// <summary>The claim; null for clicks and visits.</summary>
    public ReferralEvent? Claim => Event.Body as ReferralEvent;

    /// <summary>True if its label does not prevent credit.</summary>
    public bool CanEarn(TwinCatalog catalog) => Label is null || (Label == "assistant" && catalog.CreditsAssistants(Placement.Campaign));

    /// <summary>Compares touches by time, clicks before visits before claims, source and id.</summary>
    public static int Compare(TwinTouch a, TwinTouch b) =>
        a.At != b.At ? a.At.CompareTo(b.At) : a.Rank != b.Rank ? a.Rank.CompareTo(b.Rank) : TwinEvent.Compare(a.Event, b.Event);

    private int Rank => IsClick ? 0 : Claim is null ? 1 : 2;
}

/// <summary>Matches and counts a person's clicks and visits.</summary>
internal static class TwinTouches
{
    private const long DuplicateWindow = 30 * 60_000;

    /// <summary>Returns the matched clicks and visits in order, without visits of a click.</summary>
    public static List<TwinTouch> FromPerson(List<TwinEvent> person, TwinCatalog catalog)
    {
        var touches = Clicks(person, catalog);
        foreach (var twinEvent in person)
            if (twinEvent.Body is VisitEvent visit && ClickOf(visit, person, touches) is null
                && catalog.FindByUtm(twinEvent.Brand, visit.Url, twinEvent.At) is { } placement)
                touches.Add(new(twinEvent, placement, IsClick: false, LabelOf(visit.Label, visit.UserAgent)));
        foreach (var twinEvent in person)
            if (twinEvent.Body is ReferralEvent claim && catalog.FindByClaim(twinEvent.Brand, claim, twinEvent.At) is { } placement)
                touches.Add(new(twinEvent, placement, IsClick: false, Label: null));
        touches.Sort(TwinTouch.Compare);
        return touches;
    }

    /// <summary>
    /// Returns the touches that can earn credit: without a label, or of an assistant where these are credited, and more than
    /// 30 minutes after the previous one of the placement.
    /// </summary>
    public static List<TwinTouch> WithoutDuplicates(List<TwinTouch> touches, TwinCatalog catalog)
    {
        var kept = new List<TwinTouch>();
        foreach (var placement in touches.Where(touch => touch.CanEarn(catalog)).GroupBy(touch => touch.Placement))
        {
            TwinTouch? before = null;
            foreach (var touch in placement)
            {
                if (before is null || touch.At - before.At > DuplicateWindow) kept.Add(touch);
                // A claim may not count, so that it makes no other touch a duplicate.
                if (touch.Claim is null) before = touch;
            }
        }

        kept.Sort(TwinTouch.Compare);
        return kept;
    }

    /// <summary>
    /// Counts clicks, visits, visitors, those of them who ordered within the lookback, and labeled touches by day and
    /// placement.
    /// </summary>
    public static void Count(
        List<TwinEvent> person, List<TwinTouch> touches, List<TwinConversion> conversions, TwinCatalog catalog, TwinResult books)
    {
        var brand = person[0].Brand;
        var (seen, converted) = (new HashSet<(DateOnly, TwinPlacement)>(), new HashSet<(DateOnly, TwinPlacement)>());
        void Add(TwinEvent twinEvent, TwinPlacement placement, bool isClick, bool isOfClick, string? label)
        {
            var day = catalog.DayOf(brand, twinEvent.At);
            books.Add(brand, day, placement, "", label is not null ? "invalid " + label : isClick ? "clicks" : "visits", 1);
            if (label is not null) return;
            seen.Add((day, placement));
            if (conversions.Exists(order => order is { IsOrder: true, Cancelled: false } && order.At >= twinEvent.At
                && order.At - twinEvent.At <= catalog.Lookback(catalog.TermsAt(brand, order.At), placement.Campaign, isClick || isOfClick)))
                converted.Add((day, placement));
        }

        foreach (var touch in touches.Where(touch => touch.Claim is not null))
            books.Add(brand, catalog.DayOf(brand, touch.At), touch.Placement, "", "referrals", 1);
        foreach (var touch in touches.Where(touch => touch.Claim is null)) Add(touch.Event, touch.Placement, touch.IsClick, false, touch.Label);
        foreach (var twinEvent in person)
            if (twinEvent.Body is VisitEvent visit && ClickOf(visit, person, touches) is { } click && click.CanEarn(catalog))
                Add(twinEvent, click.Placement, false, true, LabelOf(visit.Label, visit.UserAgent));
        foreach (var twinEvent in person)
            if (Unmatched(twinEvent, person, touches) is { } name)
                books.Add(brand, catalog.DayOf(brand, twinEvent.At), name, "", name.Campaign switch { "?link" => "clicks", "?referral" => "referrals", _ => "visits" }, 1);
        foreach (var (day, placement) in seen) books.Add(brand, day, placement, "", "uniqueVisitors", 1);
        foreach (var (day, placement) in converted) books.Add(brand, day, placement, "", "convertedVisitors", 1);
    }

    /// <summary>
    /// Returns the unmatched name of an unlabeled click or visit: a slug, or UTM parameters as one name; null if there
    /// is none.
    /// </summary>
    private static TwinPlacement? Unmatched(TwinEvent twinEvent, List<TwinEvent> person, List<TwinTouch> touches)
    {
        if (touches.Exists(touch => touch.Event == twinEvent)) return null;
        if (twinEvent.Body is ReferralEvent claim) return new("?referral", NameOf(claim));
        if (twinEvent.Body is ClickEvent click) return LabelOf(click.Label, click.UserAgent) is null ? new("?link", click.Link) : null;
        if (twinEvent.Body is not VisitEvent visit || LabelOf(visit.Label, visit.UserAgent) is not null || ClickOf(visit, person, touches) is not null) return null;
        return NameOf(visit.Url) is { Length: > 0 } name ? new("?utm", name) : null;
    }

    private static string NameOf(ReferralEvent claim)
    {
        if (claim.Provider is not null)
            return string.Join('/', claim.Provider.ToLowerInvariant(), claim.PublisherId, claim.ProviderCampaignId, claim.SubId).TrimEnd('/');
        var url = "https://x/?" + claim.Parameters;
        return string.Join('&', new[] { NameOf(url), TwinEvent.Parameter(url, "ref") is { } name ? "ref=" + name : "" }.Where(part => part.Length > 0));
    }

    private static string NameOf(string url) => string.Join('&',
        from member in new[] { "source", "medium", "campaign", "content", "term", "id" }
        let value = TwinEvent.Normalize(TwinEvent.Parameter(url, "utm_" + member))
        where value is not null
        select $"{member}={value}");

    private static List<TwinTouch> Clicks(List<TwinEvent> person, TwinCatalog catalog)
    {
        var clicks = new List<TwinTouch>();
        foreach (var twinEvent in person)
            if (twinEvent.Body is ClickEvent click && catalog.FindByLink(twinEvent.Brand, click.Link, twinEvent.At) is { } placement)
                clicks.Add(new(twinEvent, placement, IsClick: true, LabelOf(click.Label, click.UserAgent)));
        return clicks;
    }

    /// <summary>
    /// Returns the click that a visit belongs to: the earliest one with its click id, if that matched.
    /// </summary>
    private static TwinTouch? ClickOf(VisitEvent visit, List<TwinEvent> person, List<TwinTouch> touches)
    {
        if (TwinEvent.ClickIdOf(visit) is not { } id) return null;
        var owner = person.Where(twinEvent => twinEvent.Body is ClickEvent click && click.ClickId == id)
            .Order(Comparer<TwinEvent>.Create(TwinEvent.Compare)).FirstOrDefault();
        return owner is null ? null : touches.Find(touch => touch.Event == owner);
    }

    private static string? LabelOf(string? label, string? userAgent) =>
        label ?? (userAgent?.Contains("-User/", StringComparison.Ordinal) == true ? "assistant"
            : userAgent?.Contains("bot", StringComparison.OrdinalIgnoreCase) == true ? "bot" : null);
}
