using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Payouts;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>
/// What a journey's events come to under a catalog: the heart. A pure function of the set of events and the catalog, so neither the
/// order of arrival nor the journey's history can matter. Five steps, each from the one before: touches are matched, those beyond the
/// bounds leave, repeats are found, conversions are merged and credited, a post's counters are turned into growth.
/// </summary>
/// <remarks>
/// What was derived before with the same catalog is taken over where nothing it rests on has changed: a conversion rests on what was
/// said of it and on the touches up to the longest lookback before it, and on nothing else.
/// </remarks>
public static class JourneyEvaluation
{
    /// <summary>The journey with everything derived brought up to its events and the catalog.</summary>
    /// <param name="journey">The journey.</param>
    /// <param name="catalog">What to match and credit with.</param>
    /// <param name="bounds">How many touches it may hold; null: it keeps those it has.</param>
    /// <exception cref="InvalidOperationException">The catalog does not know the journey's brand.</exception>
    public static Journey Evaluate(this Journey journey, CatalogSnapshot catalog, JourneyBounds? bounds = null)
    {
        var brand = catalog.FindBrand(journey.Brand) ?? throw new InvalidOperationException($"The catalog has no brand '{journey.Brand}'.");
        var matched = TouchMatching.MatchTouches(journey.Touches, journey.EvictedTouches, brand, catalog);
        var all = journey.Touches;
        if (bounds is not null) (journey, matched) = TouchEviction.Evict(journey, matched, bounds);
        TouchMatching.MarkRepeats(journey.Touches, matched);
        var touches = ApplyMatches(matched, journey.Touches);
        var changes = journey.CatalogVersion == catalog.Version ? ChangedTouchTimes(all, touches) : null;
        return journey with
        {
            CatalogVersion = catalog.Version,
            Touches = touches,
            Conversions = Credit(journey, touches, changes, brand, catalog),
            WaitingRefunds = AppliedRefunds.WaitingDays(journey, brand.Calendar),
            ExceededLinkLimits = LinkLimitExceeded.FromJourney(journey, brand.Calendar),
            PostDays = PostGrowth.ByDay(journey.Snapshots, brand, catalog),
        };
    }

    private static ImmutableArray<Touch> ApplyMatches(TouchMatch[] matched, ImmutableArray<Touch> touches)
    {
        ImmutableArray<Touch>.Builder? changed = null;
        for (var i = 0; i < matched.Length; i++)
            if (touches[i].WithMatch(matched[i]) is var now && !ReferenceEquals(now, touches[i]))
                (changed ??= touches.ToBuilder())[i] = now;
        return changed?.MoveToImmutable() ?? touches;
    }

    /// <summary>When touches that earn, or did, came, left, or came to something else, in order.</summary>
    private static List<Timestamp> ChangedTouchTimes(ImmutableArray<Touch> before, ImmutableArray<Touch> after)
    {
        var times = new List<Timestamp>();
        var kept = 0;
        foreach (var touch in before)
        {
            var now = kept < after.Length && after[kept].Id == touch.Id ? after[kept++] : null;
            if (!ReferenceEquals(touch, now) && (touch.Role == TouchRole.Kept || now?.Role == TouchRole.Kept)) times.Add(touch.At);
        }

        return times;
    }

    /// <summary>The conversions by key: those nothing has changed for as they are, the others credited anew; all of them where the times of change are not known.</summary>
    private static ImmutableArray<Conversion> Credit(
        Journey journey, ImmutableArray<Touch> touches, List<Timestamp>? changes, BrandSettings brand, CatalogSnapshot catalog)
    {
        // Most journeys are touches alone.
        if (journey.ReportedConversions.IsEmpty && journey.Conversions.IsEmpty) return [];
        var standing = changes is null ? [] : journey.Conversions.Where(known => !IsAffected(known, changes, brand)).ToDictionary(known => known.Key, StringComparer.Ordinal);
        var contenders = new Lazy<CandidateTouches>(() => CandidateTouches.FromTouches(touches, catalog));
        var splitter = new CreditSplitter();
        return
        [
            .. ConversionFacts.FromJourney(journey, brand, catalog, key => !standing.ContainsKey(key)).Select(facts => Credit(facts, contenders.Value, splitter, brand, catalog))
                .Concat(standing.Values).OrderBy(conversion => conversion.Key, StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether a change lies within the longest lookback before a conversion, both ends inside.</summary>
    private static bool IsAffected(Conversion conversion, List<Timestamp> changes, BrandSettings brand)
    {
        var first = changes.BinarySearch(conversion.At - brand.MaxLookback);
        if (first < 0) first = ~first;
        return first < changes.Count && changes[first] <= conversion.At;
    }

    private static Conversion Credit(ConversionFacts facts, CandidateTouches contenders, CreditSplitter splitter, BrandSettings brand, CatalogSnapshot catalog)
    {
        var terms = brand.TermsAt(facts.At);
        var fit = catalog.FitOn(brand.Id, facts.Day);
        var shares = splitter.Split(facts, Evidence.ForConversion(facts, contenders, terms, brand, catalog), terms.Policy, fit);
        var codes = facts.Codes.ToLookup(code => catalog.MatchCode(brand.Id, code, facts.At, out _));
        var used = codes.Select(matched => matched.Key).OfType<Assignment>().ToList();
        return new()
        {
            Key = facts.Key,
            Kind = facts.Kind,
            At = facts.At,
            Day = facts.Day,
            IsCanceled = facts.CanceledOn is not null,
            IsNewCustomer = facts.IsNewCustomer,
            Gross = facts.Gross,
            Discount = facts.Discount,
            Refunds = facts.RefundDays.Sum(day => day.Amount),
            RefundDays = facts.RefundDays,
            RefundsCapped = facts.CountOf(RefundOutcome.Capped),
            RefundsInOtherCurrency = facts.CountOf(RefundOutcome.OtherCurrency),
            MissingRateCurrency = facts.MissingRateCurrency,
            BookModel = terms.BookModel,
            Terms = terms.Description,
            FitNumber = fit?.Number ?? 0,
            Credits = facts.CanceledOn is null ? shares : [.. shares.Select(credit => credit with { Micros = 0 })],
            Accruals = Commissions.ForConversion(facts, shares, terms.BookModel, catalog),
            RedeemedPlacements = facts.Kind == ConversionKind.Order && facts.CanceledOn is null ? [.. used.Select(assignment => assignment.Placement).Distinct()] : [],
            MatchedBy = [.. used.Select(assignment => assignment.Name).Distinct()],
            UnmatchedCodes = [.. codes[null].Distinct(StringComparer.Ordinal)],
        };
    }
}
