using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Quality;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>
/// What a journey's events come to under a catalog: the heart. A pure function of the set of events and the catalog, so neither the
/// order of arrival nor the journey's history can matter. Four steps, each from the one before:
/// touches are matched, repeats are found, conversions are merged and credited, a post's counters are turned into growth.
/// </summary>
public static class Evaluation
{
    /// <summary>Two touches of one placement that lie at most this far apart are the same touch: 30 minutes.</summary>
    public static readonly TimeSpan SameTouchWithin = TimeSpan.FromMinutes(30);

    /// <summary>The journey with everything derived derived anew.</summary>
    /// <exception cref="InvalidOperationException">The catalog does not know the journey's brand.</exception>
    public static Journey Evaluate(this Journey journey, Catalog.Catalog catalog)
    {
        var brand = catalog.Brand(journey.Brand) ?? throw new InvalidOperationException($"The catalog has no brand '{journey.Brand}'.");
        var touches = FindRepeats(Match(journey.Touches, brand, catalog));
        return journey with
        {
            CatalogVersion = catalog.Version,
            Touches = touches,
            Conversions = [.. ConversionFacts.Of(journey, brand, catalog).Select(facts => Credit(facts, touches, brand, catalog))],
            PostDays = PostGrowth.Of(journey.Snapshots, brand, catalog),
        };
    }

    /// <summary>Gives each touch its day and its placement: a click by its link, a visit by its click, else by its parameters.</summary>
    private static ImmutableArray<Touch> Match(ImmutableArray<Touch> touches, BrandSettings brand, Catalog.Catalog catalog)
    {
        if (touches.IsEmpty) return touches;
        var matched = ImmutableArray.CreateBuilder<Touch>(touches.Length);
        var owners = new Dictionary<string, Touch>(StringComparer.Ordinal);
        foreach (var touch in touches)
        {
            var own = touch.Kind == TouchKind.Click ? Claimed(touch, catalog.MatchLink(brand.Id, touch.Slug!, touch.At), brand) : touch;
            if (own.Kind == TouchKind.Click && own.ClickId is not null) owners.TryAdd(own.ClickId, own);
            matched.Add(own);
        }

        for (var i = 0; i < matched.Count; i++)
            if (matched[i].Kind == TouchKind.Visit)
                matched[i] = OfVisit(matched[i], owners, brand, catalog);
        return matched.MoveToImmutable();
    }

    private static Touch OfVisit(Touch visit, Dictionary<string, Touch> owners, BrandSettings brand, Catalog.Catalog catalog)
    {
        if (visit.ClickId is not null && owners.TryGetValue(visit.ClickId, out var click) && click.Placement is not null)
            return visit with
            {
                Day = brand.Calendar.DayOf(visit.At),
                Placement = click.Placement,
                MatchedBy = null,
                Role = click.Label != TouchLabel.None ? TouchRole.OfLabelledClick
                    : visit.Label != TouchLabel.None ? TouchRole.Labelled
                    : TouchRole.OfClick,
            };
        return Claimed(visit, visit.Utm is null ? null : catalog.MatchUtm(brand.Id, visit.Utm, visit.At), brand);
    }

    private static Touch Claimed(Touch touch, Assignment? assignment, BrandSettings brand) => touch with
    {
        Day = brand.Calendar.DayOf(touch.At),
        Placement = assignment?.Placement,
        MatchedBy = assignment?.Item.ToString(),
        Role = assignment is null ? TouchRole.Unmatched : touch.Label != TouchLabel.None ? TouchRole.Labelled : TouchRole.Kept,
    };

    /// <summary>A touch within 30 minutes of the one before it of its placement, itself kept or not, is the same touch.</summary>
    private static ImmutableArray<Touch> FindRepeats(ImmutableArray<Touch> touches)
    {
        if (touches.Length < 2) return touches;
        var last = new Dictionary<Placement, Timestamp>();
        ImmutableArray<Touch>.Builder? changed = null;
        for (var i = 0; i < touches.Length; i++)
        {
            var touch = touches[i];
            if (touch.Role != TouchRole.Kept) continue;
            if (last.TryGetValue(touch.Placement!, out var before) && touch.At - before <= SameTouchWithin)
                (changed ??= touches.ToBuilder())[i] = touch with { Role = TouchRole.SameTouch };
            last[touch.Placement!] = touch.At;
        }

        return changed?.MoveToImmutable() ?? touches;
    }

    private static Conversion Credit(ConversionFacts facts, ImmutableArray<Touch> touches, BrandSettings brand, Catalog.Catalog catalog)
    {
        var terms = brand.TermsAt(facts.At);
        var fit = catalog.FitOn(brand.Id, facts.Day);
        var shares = Shares.Of(facts, Evidence.For(facts, touches, terms, brand, catalog), terms.Policy, fit);
        var codes = facts.Codes.ToLookup(code => catalog.MatchCode(brand.Id, code, facts.At, out _));
        var used = codes.Select(matched => matched.Key).OfType<Assignment>().ToList();
        return new()
        {
            Key = facts.Key,
            Kind = facts.Kind,
            At = facts.At,
            Day = facts.Day,
            Cancelled = facts.CancelledOn is not null,
            NewCustomer = facts.NewCustomer,
            Gross = facts.Gross,
            Discount = facts.Discount,
            Refunds = facts.RefundDays.Sum(day => day.Amount),
            RefundDays = facts.RefundDays,
            RateMissing = facts.RateMissing,
            BookModel = terms.BookModel,
            Terms = terms.InWords,
            Fit = fit?.Number ?? 0,
            Credits = facts.CancelledOn is null ? shares : [.. shares.Select(credit => credit with { Micros = 0 })],
            Accruals = Commissions.Of(facts, shares, terms.BookModel, catalog),
            Redeemed = facts.Kind == ConversionKind.Order && facts.CancelledOn is null ? [.. used.Select(assignment => assignment.Placement).Distinct()] : [],
            MatchedBy = [.. used.Select(assignment => assignment.Item.ToString()).Distinct()],
            UnmatchedCodes = [.. codes[null].Distinct(StringComparer.Ordinal)],
        };
    }
}
