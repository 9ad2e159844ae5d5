using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Payouts;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>
/// Evaluates the events of a journey under a catalog. Pure: the result depends only on the set of events and the
/// catalog, so neither the order of arrival nor the journey's history matters. Six steps, each using the previous ones:
/// touches are matched, touches beyond the bounds are evicted, repetitions are marked, conversions are merged and
/// credited, touches that orders followed are marked, and a post's counters are turned into growth.
/// </summary>
/// <remarks>
/// Results of an evaluation with the same catalog are reused if nothing they depend on has changed: a conversion
/// depends only on its own reports, on the touches within the longest lookback before it, and on whether an earlier
/// order of its customer is known. Journeys with renewals are evaluated as a whole.
/// </remarks>
public static class JourneyEvaluation
{
    /// <summary>Returns the journey with all derived members updated.</summary>
    /// <param name="journey">The journey.</param>
    /// <param name="catalog">The catalog to match and credit with.</param>
    /// <param name="bounds">The bounds on its touches; null keeps all touches.</param>
    /// <exception cref="InvalidOperationException">The catalog does not contain the journey's brand.</exception>
    public static Journey Evaluate(this Journey journey, CatalogSnapshot catalog, JourneyBounds? bounds = null)
    {
        var brand = BrandOf(journey, catalog);
        var matches = TouchMatching.MatchTouches(journey.Touches, journey.EvictedTouches, brand, catalog);
        var before = journey.Touches;
        if (journey.Touches.Length > bounds?.NeverEvictedTouches)
            (journey, matches) = TouchEviction.Evict(journey, matches, bounds);
        TouchMatching.MarkRepeats(journey.Touches, matches);
        var touches = TouchMatching.Apply(matches, journey.Touches);
        var changes = journey.CatalogVersion == catalog.Version ? ChangedTouchTimes(before, touches) : null;
        var conversions = EvaluateConversions(journey, touches, changes, brand, catalog);
        return journey with
        {
            CatalogVersion = catalog.Version,
            Touches = ConvertedTouches.Mark(touches, conversions, brand, catalog),
            Conversions = conversions,
            // Most journeys are touches only, within all limits.
            WaitingRefunds = journey.ReportedRefunds.IsEmpty ? [] : AppliedRefunds.WaitingDays(journey, brand.Calendar),
            ExceededLinkLimits = journey.ExceedsLinkLimits ? LinkLimitExceeded.FromJourney(journey, brand.Calendar) : [],
            PostDays = journey.Snapshots.IsEmpty ? [] : PostGrowth.ByDay(journey.Snapshots, brand, catalog),
        };
    }

    /// <summary>
    /// Evaluates one conversion of a journey and explains the result. The credits and the explanation come from the
    /// same evaluation that <see cref="Evaluate"/> uses; nothing is stored.
    /// </summary>
    /// <param name="journey">The journey as stored.</param>
    /// <param name="key">The conversion's key.</param>
    /// <param name="catalog">
    /// The catalog to evaluate with. To explain booked credits, it must match as the catalog of the booking did.
    /// </param>
    /// <returns>Null if the journey has no such conversion.</returns>
    /// <exception cref="InvalidOperationException">The catalog does not contain the journey's brand.</exception>
    public static EvaluatedConversion? EvaluateConversion(this Journey journey, string key, CatalogSnapshot catalog) =>
        EvaluateConversions(journey, catalog, known => known == key).FirstOrDefault();

    /// <summary>Evaluates several conversions of a journey, as <see cref="EvaluateConversion"/> evaluates one.</summary>
    /// <param name="journey">The journey as stored.</param>
    /// <param name="catalog">The catalog to evaluate with.</param>
    /// <param name="isWanted">Selects conversions by key.</param>
    /// <exception cref="InvalidOperationException">The catalog does not contain the journey's brand.</exception>
    public static IEnumerable<EvaluatedConversion> EvaluateConversions(
        this Journey journey, CatalogSnapshot catalog, Func<string, bool> isWanted)
    {
        var brand = BrandOf(journey, catalog);
        var all = ConversionFacts.FromJourney(journey, brand, catalog).ToDictionary(known => known.Key, StringComparer.Ordinal);
        var customers = CustomerHistory.FromJourney(journey, brand, known => all[known].CanceledOn is not null);
        var matches = TouchMatching.MatchTouches(journey.Touches, journey.EvictedTouches, brand, catalog);
        TouchMatching.MarkRepeats(journey.Touches, matches);
        var touches = TouchMatching.Apply(matches, journey.Touches);
        var (candidates, splitter) = (CandidateTouches.FromTouches(touches, catalog), new CreditSplitter());
        var conversions = all.Values.Select(known => known with { Customer = customers.CustomerOf(known.Key) });
        if (Renewals.MayOccur(journey)) conversions = Renewals.Resolve(conversions, journey, candidates, brand, catalog, splitter);
        foreach (var facts in conversions.Where(known => isWanted(known.Key)))
        {
            var evaluation = ConversionEvaluation.Create(facts, candidates, brand, catalog);
            yield return new(ToConversion(evaluation, splitter), Decision.FromEvaluation(evaluation, touches, splitter));
        }
    }

    private static BrandSettings BrandOf(Journey journey, CatalogSnapshot catalog) =>
        catalog.FindBrand(journey.Brand)
        ?? throw new InvalidOperationException($"The catalog does not contain the brand '{journey.Brand}'.");

    /// <summary>
    /// Returns the times of touches that can or could earn credit and that were added, evicted or changed, in order.
    /// </summary>
    private static List<Timestamp> ChangedTouchTimes(ImmutableArray<Touch> before, ImmutableArray<Touch> after)
    {
        var times = new List<Timestamp>();
        var kept = 0;
        foreach (var touch in before)
        {
            var current = kept < after.Length && after[kept].Id == touch.Id ? after[kept++] : null;
            if (!ReferenceEquals(touch, current) && (touch.Role == TouchRole.Kept || current?.Role == TouchRole.Kept))
                times.Add(touch.At);
        }

        return times;
    }

    /// <summary>
    /// Returns the conversions by key. Those that no change affects are reused, the others are evaluated; all are
    /// evaluated if the changes are not known (null).
    /// </summary>
    private static ImmutableArray<Conversion> EvaluateConversions(
        Journey journey, ImmutableArray<Touch> touches, List<Timestamp>? changes, BrandSettings brand, CatalogSnapshot catalog)
    {
        if (journey.ReportedConversions.IsEmpty && journey.Conversions.IsEmpty) return [];
        // A renewal depends on the other orders of its subscription.
        var hasRenewals = Renewals.MayOccur(journey);
        var reused = changes is null || hasRenewals ? []
            : journey.Conversions.Where(known => !IsAffected(known, changes, brand))
                .ToDictionary(known => known.Key, StringComparer.Ordinal);
        var candidates = new Lazy<CandidateTouches>(() => CandidateTouches.FromTouches(touches, catalog));
        var splitter = new CreditSplitter();
        var all = ConversionFacts.FromJourney(journey, brand, catalog, key => !reused.ContainsKey(key)).ToList();
        var canceled = all.Where(facts => facts.CanceledOn is not null).Select(facts => facts.Key)
            .Concat(reused.Values.Where(known => known.IsCanceled).Select(known => known.Key)).ToHashSet(StringComparer.Ordinal);
        var customers = CustomerHistory.FromJourney(journey, brand, canceled.Contains);
        // An order depends on the other orders of its customer only in whether the customer is new.
        var renewed = reused.Values.Where(known => known.Customer != customers.CustomerOf(known.Key).Status)
            .Select(known => known.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var key in renewed) reused.Remove(key);
        if (renewed.Count > 0) all.AddRange(ConversionFacts.FromJourney(journey, brand, catalog, renewed.Contains));
        var evaluated = all.Select(facts => facts with { Customer = customers.CustomerOf(facts.Key) });
        if (hasRenewals) evaluated = Renewals.Resolve(evaluated, journey, candidates.Value, brand, catalog, splitter);
        return
        [
            .. evaluated.Select(facts => ToConversion(ConversionEvaluation.Create(facts, candidates.Value, brand, catalog), splitter))
                .Concat(reused.Values).OrderBy(conversion => conversion.Key, StringComparer.Ordinal),
        ];
    }

    /// <summary>
    /// Returns true if a change is within the longest lookback before a conversion, both ends inclusive.
    /// </summary>
    private static bool IsAffected(Conversion conversion, List<Timestamp> changes, BrandSettings brand)
    {
        var first = changes.BinarySearch(conversion.At - brand.MaxLookback);
        if (first < 0) first = ~first;
        return first < changes.Count && changes[first] <= conversion.At;
    }

    private static Conversion ToConversion(in ConversionEvaluation evaluation, CreditSplitter splitter)
    {
        var (facts, terms, _, fit, brand, catalog) = evaluation;
        var shares = splitter.Split(evaluation);
        var codes = facts.Codes.ToLookup(code => catalog.MatchCode(brand.Id, code, facts.At, out _));
        var used = codes.Select(matched => matched.Key).OfType<Assignment>().ToList();
        var isCountedOrder = facts.Kind == ConversionKind.Order && facts.CanceledOn is null;
        return new()
        {
            Key = facts.Key,
            Kind = facts.Kind,
            At = facts.At,
            Day = facts.Day,
            IsCanceled = facts.CanceledOn is not null,
            IsNewCustomer = facts.Customer.Status == CustomerStatus.New,
            IsUnknownCustomer = facts.Customer.Status == CustomerStatus.Unknown,
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
            RedeemedPlacements = isCountedOrder ? [.. used.Select(assignment => assignment.Placement).Distinct()] : [],
            MatchedBy = [.. used.Select(assignment => assignment.Name).Distinct()],
            UnmatchedCodes = [.. codes[null].Distinct(StringComparer.Ordinal)],
        };
    }
}

/// <summary>Matches the touches of a journey with a catalog: their days, placements and roles. Pure.</summary>
internal static class TouchMatching
{
    /// <summary>
    /// Longest distance at which two touches of one placement are the same touch: 30 minutes, inclusive.
    /// </summary>
    public static readonly TimeSpan RepeatWindow = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Matches each touch: a click by its link, a visit by its click, otherwise by its UTM parameters, and a referral by its
    /// claim.
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
            matches[i] = FromAssignment(touch, catalog.MatchLink(brand.Id, touch.Slug!, touch.At), brand, catalog);
            RegisterOwner(
                owners, touch.ClickId, new(touch.At, touch.Id, matches[i].Placement, matches[i].Role == TouchRole.Labelled));
        }

        for (var i = 0; i < matches.Length; i++)
            if (touches[i].Kind == TouchKind.Visit)
                matches[i] = MatchVisit(touches[i], owners, brand, catalog);
            else if (touches[i].Kind == TouchKind.Referral)
                matches[i] = FromAssignment(touches[i], catalog.MatchReferral(brand.Id, touches[i]), brand, catalog);
        return matches;
    }

    /// <summary>
    /// Marks each touch within 30 minutes after the previous touch of its placement as a repetition, whether or not the
    /// previous touch is a repetition itself. A referral makes no touch a repetition, since it may not count.
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
            if (touches[i].Kind != TouchKind.Referral) latest[placement] = at;
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
                    : CanEarn(visit, click.Placement, catalog) ? TouchRole.OfClick
                    : TouchRole.Labelled);
        return FromAssignment(visit, visit.Utm is null ? null : catalog.MatchUtm(brand.Id, visit.Utm, visit.At), brand, catalog);
    }

    private static TouchMatch FromAssignment(Touch touch, Assignment? assignment, BrandSettings brand, CatalogSnapshot catalog) => new(
        brand.Calendar.DayOf(touch.At), assignment?.Placement, assignment?.Name,
        assignment is null ? TouchRole.Unmatched
            : CanEarn(touch, assignment.Placement, catalog) ? TouchRole.Kept
            : TouchRole.Labelled);

    /// <summary>Returns true if the label of a touch does not prevent credit for a placement.</summary>
    private static bool CanEarn(Touch touch, Placement placement, CatalogSnapshot catalog) =>
        touch.Label == TouchLabel.None || (touch.Label == TouchLabel.Assistant && catalog.CreditsAssistants(placement));

    private readonly record struct ClickOwner(Timestamp At, EventId Id, Placement? Placement, bool IsLabeled);
}

/// <summary>Marks the touches that make a journey a converted visitor. Pure.</summary>
internal static class ConvertedTouches
{
    /// <summary>Marks the touches that an order followed within the lookback, and no others.</summary>
    /// <param name="touches">The matched touches, including those that are evidence only.</param>
    /// <param name="conversions">The journey's evaluated conversions.</param>
    /// <param name="brand">The journey's brand.</param>
    /// <param name="catalog">The catalog that the touches were matched with.</param>
    public static ImmutableArray<Touch> Mark(
        ImmutableArray<Touch> touches, ImmutableArray<Conversion> conversions, BrandSettings brand, CatalogSnapshot catalog)
    {
        Timestamp[] orders = conversions.IsEmpty ? [] :
        [
            .. conversions.Where(conversion => conversion is { Kind: ConversionKind.Order, IsCanceled: false })
                .Select(order => order.At).Order(),
        ];
        ImmutableArray<Touch>.Builder? changed = null;
        for (var i = 0; i < touches.Length; i++)
        {
            var isConverted = orders.Length > 0 && IsFollowedByOrder(touches[i], orders, brand, catalog);
            if (isConverted != touches[i].IsConverted)
                (changed ??= touches.ToBuilder())[i] = touches[i] with { IsConverted = isConverted };
        }

        return changed?.MoveToImmutable() ?? touches;
    }

    /// <summary>
    /// Returns true if an order is within the lookback after a touch, both ends inclusive. The lookback is that of the
    /// order's time; a visit that belongs to a click has the click's.
    /// </summary>
    private static bool IsFollowedByOrder(Touch touch, Timestamp[] orders, BrandSettings brand, CatalogSnapshot catalog)
    {
        if (!TouchCounting.CountsAsVisitor(touch, touch.Match)) return false;
        var campaign = catalog.FindCampaign(touch.Placement!.Campaign);
        var isClick = touch.Kind == TouchKind.Click || touch.Role == TouchRole.OfClick;
        var first = Array.BinarySearch(orders, touch.At);
        for (var i = first < 0 ? ~first : first; i < orders.Length && orders[i] - touch.At <= brand.MaxLookback; i++)
        {
            if (orders[i] - touch.At <= brand.TermsAt(orders[i]).GetLookback(isClick ? TouchKind.Click : TouchKind.Visit, campaign)) return true;
        }

        return false;
    }
}
