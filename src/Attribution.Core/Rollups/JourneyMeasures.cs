using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Quality;
using Attribution.Core.Values;

namespace Attribution.Core.Rollups;

/// <summary>
/// Calculates the measures that a journey adds to the rollups: a pure function of the stored journey only. Adding and
/// subtracting it leaves no trace, so a change of a journey is its measures after the change minus those before.
/// </summary>
public static class JourneyMeasures
{
    /// <summary>Adds a journey's measures <paramref name="times"/> times (-1 subtracts them).</summary>
    public static void Add(this MeasureSums sums, Journey journey, int times)
    {
        AddTouches(sums, journey, times, _ => true);
        foreach (var conversion in journey.Conversions) AddConversion(sums, journey.Brand, conversion, times);
        AddWaitingRefunds(sums, journey, times);
        AddExceededLinkLimits(sums, journey, times);
        foreach (var day in journey.PostDays) AddPostDay(sums, journey.Brand, day, times);
    }

    /// <summary>
    /// Adds the change of a journey's measures: those after it minus those before, without counting parts that are the
    /// same instance in both.
    /// </summary>
    /// <param name="sums">Receives the change.</param>
    /// <param name="before">Every journey that was merged into this one.</param>
    /// <param name="after">The journey after the change.</param>
    public static void AddChange(this MeasureSums sums, IReadOnlyList<Journey> before, Journey after)
    {
        if (before is not [var known])
        {
            sums.Add(after, 1);
            foreach (var journey in before) sums.Add(journey, -1);
            return;
        }

        var days = ChangedDays(known, after);
        AddTouches(sums, after, 1, days.Contains);
        AddTouches(sums, known, -1, days.Contains);

        var same = known.Conversions.ToHashSet<Conversion>(ReferenceEqualityComparer.Instance);
        same.IntersectWith(after.Conversions);
        foreach (var conversion in after.Conversions)
            if (!same.Contains(conversion))
                AddConversion(sums, after.Brand, conversion, 1);
        foreach (var conversion in known.Conversions)
            if (!same.Contains(conversion))
                AddConversion(sums, known.Brand, conversion, -1);
        AddWaitingRefunds(sums, after, 1);
        AddWaitingRefunds(sums, known, -1);
        AddExceededLinkLimits(sums, after, 1);
        AddExceededLinkLimits(sums, known, -1);
        foreach (var day in after.PostDays) AddPostDay(sums, after.Brand, day, 1);
        foreach (var day in known.PostDays) AddPostDay(sums, known.Brand, day, -1);
    }

    /// <summary>
    /// Returns the local days with touches that were added, removed or matched differently; counts of other days are
    /// unchanged.
    /// </summary>
    private static HashSet<DateOnly> ChangedDays(Journey before, Journey after)
    {
        var days = new HashSet<DateOnly>();
        if (before.EvictedCounts != after.EvictedCounts)
        {
            var removedCounts = before.EvictedCounts.Except(after.EvictedCounts);
            var addedCounts = after.EvictedCounts.Except(before.EvictedCounts);
            days.UnionWith(removedCounts.Concat(addedCounts).Select(count => count.Day));
        }

        if (before.SharedVisitors != after.SharedVisitors)
            days.UnionWith(before.SharedVisitors.Concat(after.SharedVisitors).Select(shared => shared.Day));

        if (before.Touches == after.Touches) return days;
        for (var (i, j) = (0, 0); i < before.Touches.Length || j < after.Touches.Length;)
        {
            var removed = i < before.Touches.Length ? before.Touches[i] : null;
            var added = j < after.Touches.Length ? after.Touches[j] : null;
            if (ReferenceEquals(removed, added))
            {
                (i, j) = (i + 1, j + 1);
                continue;
            }

            var order = removed is null ? 1 : added is null ? -1 : JourneyEventSet.CompareTouches(removed, added);
            if (order <= 0) days.Add(before.Touches[i++].Day);
            if (order >= 0) days.Add(after.Touches[j++].Day);
        }

        return days;
    }

    /// <summary>Adds the counts of touches and evicted touches on the selected local days.</summary>
    private static void AddTouches(MeasureSums sums, Journey journey, int times, Func<DateOnly, bool> isSelected)
    {
        HashSet<RollupKey>? visitorDays = null;
        HashSet<RollupKey>? convertedDays = null;
        foreach (var count in journey.EvictedCounts)
        {
            if (!isSelected(count.Day)) continue;
            var key = RollupKey.ForPlacement(journey.Brand, count.Day, count.Placement);
            sums.Add(key, count.Measure, times * count.Count);
            if (count.Measure == Measure.UniqueVisitors) (visitorDays ??= []).Add(key);
        }

        foreach (var touch in journey.Touches)
        {
            if (!isSelected(touch.Day)) continue;
            var match = touch.Match;
            foreach (var (key, measure) in TouchCounting.CountsFor(journey.Brand, touch, match))
            {
                sums.Add(key, measure, times);
                if (TouchCounting.CountsAsVisitor(touch, match) && (visitorDays ??= []).Add(key))
                    sums.Add(key, Measure.UniqueVisitors, times);
            }

            if (touch.IsConverted)
                (convertedDays ??= []).Add(RollupKey.ForPlacement(journey.Brand, match.Day, match.Placement!));
        }

        foreach (var shared in journey.SharedVisitors)
        {
            if (!isSelected(shared.Day)) continue;
            var key = RollupKey.ForPlacement(journey.Brand, shared.Day, shared.Placement);
            if (shared.Role == SharedVisitorRole.AlwaysConverted) (convertedDays ??= []).Add(key);
            else if (shared.Role == SharedVisitorRole.CountedHere) (visitorDays ??= []).Add(key);
            else convertedDays?.Remove(key);
        }

        // Touches that are evidence only may match another placement than the one under which they are counted.
        if (visitorDays is null || convertedDays is null) return;
        foreach (var key in convertedDays)
            if (visitorDays.Contains(key))
                sums.Add(key, Measure.ConvertedVisitors, times);
    }

    /// <summary>Returns the days and placements on which the journey is counted as a converted visitor.</summary>
    internal static IEnumerable<(DateOnly Day, Placement Placement)> FindConvertedVisitors(Journey journey)
    {
        var sums = new MeasureSums();
        AddTouches(sums, journey, 1, _ => true);
        return
            from cell in sums.Cells
            where cell.Value[Measure.ConvertedVisitors] != 0
            select (cell.Key.Day, new Placement(cell.Key.Campaign, cell.Key.Creator));
    }

    /// <summary>Counts a name that the catalog does not know.</summary>
    internal static void AddUnmatched(
        this MeasureSums sums, string brand, DateOnly day, UnmatchedKind kind, string name, int times) =>
        sums.Add(RollupKey.Unmatched(brand, day, kind, UnmatchedNames.Truncate(name)), UnmatchedNames.MeasureOf(kind), times);

    /// <summary>
    /// Adds a conversion. It counts once in the brand's total, and once in the unattributed if no one is credited,
    /// equally under every model that it was computed under; credits count by placement and model.
    /// </summary>
    private static void AddConversion(MeasureSums sums, string brand, Conversion conversion, int times)
    {
        var whole = new Credit
        {
            Models = CreditSplitter.ModelsFor(conversion.FitNumber),
            Placement = NoPlacement,
            Micros = conversion.IsCanceled ? 0 : 1_000_000,
            Gross = conversion.Gross,
            Discount = conversion.Discount,
            Refunds = conversion.Refunds,
            RefundDays = conversion.RefundDays,
        };
        AddCredits(sums, RollupKey.Total(brand, conversion.Day), conversion, [whole], times);
        if (conversion.Credits.IsEmpty)
            AddCredits(sums, RollupKey.Unattributed(brand, conversion.Day), conversion, [whole], times);
        for (var left = conversion.Credits.AsSpan(); !left.IsEmpty;)
        {
            // Credits of one placement are adjacent.
            var (placement, count) = (left[0].Placement, 1);
            while (count < left.Length && left[count].Placement == placement) count++;
            AddCredits(
                sums, RollupKey.ForPlacement(brand, conversion.Day, placement), conversion, left[..count], times);
            left = left[count..];
        }

        foreach (var accrual in conversion.Accruals)
        {
            var key = RollupKey.ForPlacement(brand, conversion.Day, accrual.Placement);
            sums.Add(key, Measure.Commission, times * accrual.Commission);
            foreach (var (day, amount) in accrual.Reversals)
            {
                sums.Add(key, Measure.CommissionRefunded, times * amount);
                sums.Add(
                    RollupKey.ForPlacement(brand, day, accrual.Placement), Measure.CommissionReversed, times * amount);
            }
        }

        foreach (var code in conversion.UnmatchedCodes)
            sums.AddUnmatched(brand, conversion.Day, UnmatchedKind.Code, code, times);
        foreach (var placement in conversion.RedeemedPlacements)
            sums.Add(RollupKey.ForPlacement(brand, conversion.Day, placement), Measure.Redemptions, times);

        sums.Add(RollupKey.Total(brand, conversion.Day), Measure.RefundsCapped, times * conversion.RefundsCapped);
        sums.Add(RollupKey.Total(brand, conversion.Day), Measure.RefundsInOtherCurrency, times * conversion.RefundsInOtherCurrency);
        if (conversion.MissingRateCurrency is not { } currency) return;
        sums.AddUnmatched(brand, conversion.Day, UnmatchedKind.Rate, currency, times);
        sums.Add(RollupKey.Total(brand, conversion.Day), Measure.RateGaps, times);
        if (conversion.Credits.IsEmpty)
            sums.Add(RollupKey.Unattributed(brand, conversion.Day), Measure.RateGaps, times);
        foreach (var placement in conversion.Credits.Select(credit => credit.Placement).Distinct())
            sums.Add(RollupKey.ForPlacement(brand, conversion.Day, placement), Measure.RateGaps, times);
    }

    private static void AddCredits(
        MeasureSums sums, in RollupKey key, Conversion conversion, ReadOnlySpan<Credit> credits, int times)
    {
        var cell = sums[key];
        foreach (var credit in credits)
        {
            var models = credit.Models.Contains(conversion.BookModel) ? credit.Models | Model.Book.ToSet() : credit.Models;
            AddCredit(cell, conversion, credit, models, times);
            foreach (var (day, amount) in credit.RefundDays)
            {
                var cash = sums[key with { Day = day }];
                for (var left = models; left != ModelSet.None; left &= left - 1)
                    cash.Add(LowestModel(left), CreditMeasure.RefundsCash, times * amount);
            }
        }
    }

    private static void AddCredit(MeasureCell cell, Conversion conversion, Credit credit, ModelSet models, int times)
    {
        var isOrder = conversion.Kind == ConversionKind.Order;
        for (var left = models; left != ModelSet.None; left &= left - 1)
        {
            var model = LowestModel(left);
            if (isOrder && credit.Micros > 0)
            {
                cell.Add(model, CreditMeasure.Orders, times);
                if (conversion.IsNewCustomer) cell.Add(model, CreditMeasure.NewCustomers, times);
                if (conversion.IsUnknownCustomer) cell.Add(model, CreditMeasure.UnknownCustomers, times);
            }

            cell.Add(model, isOrder ? CreditMeasure.ConversionMicros : CreditMeasure.LeadMicros, times * credit.Micros);
            if (isOrder && conversion.MissingRateCurrency is not null)
                cell.Add(model, CreditMeasure.WithoutRateMicros, times * credit.Micros);
            cell.Add(model, CreditMeasure.Gross, times * credit.Gross);
            cell.Add(model, CreditMeasure.Discount, times * credit.Discount);
            cell.Add(model, CreditMeasure.Refunds, times * credit.Refunds);
        }
    }

    /// <summary>
    /// Adds the measures that builds before shares were split over placements did not store, so that a change of such a
    /// journey begins with what was stored.
    /// </summary>
    public static void AddUnstoredMeasures(this MeasureSums sums, Journey journey)
    {
        var with = new MeasureSums();
        foreach (var conversion in journey.Conversions)
            if (conversion.MissingRateCurrency is not null)
                AddConversion(with, journey.Brand, conversion, 1);
        foreach (var (key, cell) in with.Cells)
            foreach (var model in ModelNames.Reported)
                sums.Add(key, model, CreditMeasure.WithoutRateMicros, cell[model, CreditMeasure.WithoutRateMicros]);
    }

    private static void AddWaitingRefunds(MeasureSums sums, Journey journey, int times)
    {
        foreach (var day in journey.WaitingRefunds)
            sums.Add(RollupKey.Total(journey.Brand, day), Measure.RefundsWaiting, times);
    }

    private static void AddExceededLinkLimits(MeasureSums sums, Journey journey, int times)
    {
        foreach (var (limit, day) in journey.ExceededLinkLimits)
            sums.Add(RollupKey.Total(journey.Brand, day), MeasureOf(limit), times);
    }

    private static Measure MeasureOf(LinkLimits limit) => limit switch
    {
        LinkLimits.CustomersPerVisitor => Measure.CustomersPerVisitorExceeded,
        LinkLimits.VisitorsPerCustomer => Measure.VisitorsPerCustomerExceeded,
        LinkLimits.VisitorsPerClick => Measure.VisitorsPerClickExceeded,
        LinkLimits.ConversionsPerJourney => Measure.ConversionsPerJourneyExceeded,
        _ => throw new ArgumentOutOfRangeException(nameof(limit), limit, "The value is not a single limit."),
    };

    private static Model LowestModel(ModelSet models) => (Model)int.TrailingZeroCount((int)models);

    private static void AddPostDay(MeasureSums sums, string brand, PostDay day, int times)
    {
        if (day.Placement is null) return;
        var key = RollupKey.ForPlacement(brand, day.Day, day.Placement);
        for (var i = 0; i < day.Growth.Length; i++) sums.Add(key, Measure.Impressions + i, times * day.Growth[i]);
    }

    private static readonly Placement NoPlacement = new("", "");
}

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
                if (touch.Claim is not null) yield return OfName(UnmatchedKind.Referral, UnmatchedNames.NameOf(touch.Claim, touch.Utm));
                else if (touch.Utm is not null) yield return OfName(UnmatchedKind.Utm, UnmatchedNames.NameOf(touch.Utm));
                break;
            case TouchRole.Kept or TouchRole.SameTouch when touch.Kind == TouchKind.Referral:
                yield return (RollupKey.ForPlacement(brand, match.Day, match.Placement!), Measure.Referrals);
                break;
            case not (TouchRole.Unmatched or TouchRole.OfLabelledClick) when touch.Label == TouchLabel.Assistant:
                yield return (RollupKey.ForPlacement(brand, match.Day, match.Placement!), Measure.AssistantTouches);
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

    /// <summary>
    /// Returns true if a counted touch makes its journey a visitor of the placement on that day. Touches of assistants and
    /// claims do not, even if they earn credit.
    /// </summary>
    public static bool CountsAsVisitor(Touch touch, in TouchMatch match) =>
        touch.Label == TouchLabel.None && touch.Kind != TouchKind.Referral
        && match.Role is (TouchRole.Kept or TouchRole.SameTouch or TouchRole.OfClick);
}
