using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>
/// The events of a journey as a set: the result does not depend on how often or in which order events and journeys are
/// added. Pure.
/// </summary>
public static class JourneyEventSet
{
    /// <summary>
    /// Adds an event. Returns the same instance if the journey already contains it. Does not evaluate the journey.
    /// </summary>
    public static Journey WithEvent(this Journey journey, JourneyEvent journeyEvent) => journeyEvent switch
    {
        Click click => journey.WithTouch(ToTouch(click)),
        Visit visit => journey.WithTouch(ToTouch(visit)),
        Referral referral => journey.WithTouch(ToTouch(referral)).WithDatedClaims(),
        ReportedConversion reported => Insert(journey.ReportedConversions, reported) is { } conversions
            ? (journey.WithoutEvaluation(IdentityRules.ConversionKey(reported)) with { ReportedConversions = conversions }).WithDatedClaims()
            : journey,
        ReportedRefund refund => Insert(journey.ReportedRefunds, refund) is { } refunds
            ? journey.WithoutEvaluation(IdentityRules.OrderAlias(refund.OrderId)) with { ReportedRefunds = refunds }
            : journey,
        ReportedPayment payment => Insert(journey.ReportedPayments, payment) is { } payments
            ? journey with { ReportedPayments = payments, CatalogVersion = Journey.NeverEvaluated }
            : journey,
        PostSnapshot snapshot => Insert(journey.Snapshots, snapshot) is { } snapshots
            ? journey with { Snapshots = snapshots }
            : journey,
        _ => throw new ArgumentOutOfRangeException(nameof(journeyEvent), journeyEvent.GetType().Name, "Unknown type of event."),
    };

    /// <summary>Adds the events of another journey; the id stays.</summary>
    public static Journey MergeFrom(this Journey journey, Journey other)
    {
        var counts = new EvictedCountsBuilder(journey.EvictedCounts);
        foreach (var count in other.EvictedCounts) counts.Add(count);
        journey = journey with
        {
            CatalogVersion = Journey.NeverEvaluated,
            EvictedCounts = counts.ToImmutable(),
            EvictedTouches = EvictedTouchSet.Union(journey.EvictedTouches, other.EvictedTouches),
            FirstOrders = FirstOrders.Earliest(journey.FirstOrders.Concat(other.FirstOrders)),
            SharedVisitors = SharedVisitors.Merge(journey.SharedVisitors, other.SharedVisitors),
        };
        return (journey with
        {
            Touches = journey.MergeTouches(other),
            // Merged journeys are evaluated as a whole.
            Conversions = [],
            ReportedConversions = MergeEvents(journey.ReportedConversions, other.ReportedConversions),
            ReportedRefunds = MergeEvents(journey.ReportedRefunds, other.ReportedRefunds),
            ReportedPayments = MergeEvents(journey.ReportedPayments, other.ReportedPayments),
            Snapshots = MergeEvents(journey.Snapshots, other.Snapshots),
        }).WithDatedClaims();
    }

    /// <summary>Compares touches by (time, kind, source, id); the kind ranks clicks before visits, and those before referrals.</summary>
    public static int CompareTouches(Touch a, Touch b) =>
        a.At == b.At && a.Kind != b.Kind ? a.Kind.CompareTo(b.Kind) : EventOrder.Compare(a.At, a.Id, b.At, b.Id);

    /// <summary>
    /// Returns the touches of both journeys. A touch that either has evicted is counted there; evidence is replaced by the same
    /// touch if that is counted.
    /// </summary>
    private static ImmutableArray<Touch> MergeTouches(this Journey journey, Journey other)
    {
        var touches = new Dictionary<EventId, Touch>(journey.Touches.Length + other.Touches.Length);
        foreach (var touch in journey.Touches)
            if (touch.IsEvidenceOnly || !journey.HasEvicted(touch.Id))
                touches.Add(touch.Id, touch);
        foreach (var touch in other.Touches)
            if ((touch.IsEvidenceOnly || !journey.HasEvicted(touch.Id))
                && (!touches.TryGetValue(touch.Id, out var known) || (known.IsEvidenceOnly && !touch.IsEvidenceOnly)))
                touches[touch.Id] = touch;
        return InOrder(touches.Values, CompareTouches);
    }

    /// <summary>Returns the events of both journeys, without repetitions.</summary>
    private static ImmutableArray<T> MergeEvents<T>(ImmutableArray<T> events, ImmutableArray<T> others) where T : JourneyEvent
    {
        if (others.IsEmpty) return events;
        if (events.IsEmpty) return others;
        var merged = events.ToDictionary(journeyEvent => journeyEvent.Id);
        foreach (var added in others)
            if (!merged.TryGetValue(added.Id, out var known)) merged.Add(added.Id, added);
            else if (WithFirstReceipt(known, added) is { } received) merged[added.Id] = (T)received;
        return InOrder(merged.Values, EventOrder.Compare);
    }

    /// <summary>Sorts items, most of which are in order.</summary>
    private static ImmutableArray<T> InOrder<T>(IEnumerable<T> items, Comparison<T> comparison)
    {
        var sorted = items.ToArray();
        for (var i = 1; i < sorted.Length; i++)
        {
            if (comparison(sorted[i - 1], sorted[i]) <= 0) continue;
            Array.Sort(sorted, comparison);
            break;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(sorted);
    }

    private static Journey WithTouch(this Journey journey, Touch touch) =>
        journey.HasTouch(touch.Id) || journey.HasEvicted(touch.Id) ? journey
        : journey with { Touches = InsertInOrder(journey.Touches, touch, CompareTouches) };

    private static bool HasTouch(this Journey journey, EventId id)
    {
        foreach (var known in journey.Touches)
            if (known.Id == id)
                return true;
        return false;
    }

    private static bool HasEvicted(this Journey journey, EventId id) =>
        !journey.EvictedTouches.IsEmpty && EvictedTouchSet.Contains(journey.EvictedTouches, id);

    /// <summary>
    /// Removes a conversion's evaluation because there are newer reports. With linked ids, a report can concern every
    /// order.
    /// </summary>
    private static Journey WithoutEvaluation(this Journey journey, string key) =>
        journey.ReportedPayments.IsEmpty
            ? journey with { Conversions = journey.Conversions.RemoveAll(known => known.Key == key) }
            : journey with { CatalogVersion = Journey.NeverEvaluated };

    /// <summary>
    /// Returns null if the event is already contained. A repetition that was received earlier supplies the time of the
    /// first receipt.
    /// </summary>
    private static ImmutableArray<T>? Insert<T>(ImmutableArray<T> events, T journeyEvent) where T : JourneyEvent
    {
        for (var i = 0; i < events.Length; i++)
            if (events[i].Id == journeyEvent.Id)
                return WithFirstReceipt(events[i], journeyEvent) is { } known ? events.SetItem(i, (T)known) : null;
        return InsertInOrder(events, journeyEvent, EventOrder.Compare);
    }

    private static JourneyEvent? WithFirstReceipt(JourneyEvent known, JourneyEvent repetition) =>
        repetition is IStateReport { ReceivedAt: { } earlier } && known is IStateReport { ReceivedAt: { } later }
        && earlier < later
            ? known switch
            {
                ReportedConversion conversion => conversion with { ReceivedAt = earlier },
                ReportedRefund refund => refund with { ReceivedAt = earlier },
                _ => null,
            }
            : null;

    private static ImmutableArray<T> InsertInOrder<T>(ImmutableArray<T> items, T item, Comparison<T> comparison)
    {
        var index = items.Length;
        while (index > 0 && comparison(items[index - 1], item) > 0) index--;
        return items.Insert(index, item);
    }

    private static Touch ToTouch(Click click) => new()
    {
        Id = click.Id, At = click.At, Kind = TouchKind.Click, Slug = click.Slug, VisitorId = click.VisitorId, ClickId = click.ClickId,
        Label = click.Label, ExceededLimits = click.ExceededLimits,
    };

    private static Touch ToTouch(Referral referral) => new()
    {
        Id = referral.Id, At = referral.At, Kind = TouchKind.Referral, Utm = referral.Utm, Claim = referral.Claim,
    };

    private static Touch ToTouch(Visit visit) => new()
    {
        Id = visit.Id, At = visit.At, Kind = TouchKind.Visit, Utm = visit.Utm, VisitorId = visit.VisitorId, ClickId = visit.ClickId,
        Label = visit.Label, ExceededLimits = visit.ExceededLimits,
    };
}

/// <summary>
/// A summary of a journey. Stored journeys begin with it, so that it can be read without the rest. It decides whether a
/// touch can change a credit.
/// </summary>
/// <param name="CatalogVersion">The version of the catalog of the last evaluation.</param>
/// <param name="Touches">The number of touches, without evicted ones.</param>
/// <param name="EvictedTouches">The number of evicted touches.</param>
/// <param name="ReportedConversions">The number of reported conversions.</param>
/// <param name="ReportedRefunds">The number of reported refunds, including those that wait for their order.</param>
/// <param name="ReportedPayments">The number of reported payments.</param>
/// <param name="Snapshots">The number of reports of a post's counters.</param>
/// <param name="FirstAt">The time of the first touch or conversion, evicted ones included; null if there are none.</param>
/// <param name="LastTouchAt">The time of the last touch, evicted ones included; null if there are none.</param>
/// <param name="LastReportAt">The time of the last conversion, refund or payment; null if there are none.</param>
/// <param name="HasCandidates">True if a touch can earn credit.</param>
/// <param name="AwaitsClick">True if a visit can earn credit unless the click that it names is added.</param>
public readonly record struct JourneyHead(
    long CatalogVersion, int Touches, int EvictedTouches, int ReportedConversions, int ReportedRefunds, int ReportedPayments,
    int Snapshots, Timestamp? FirstAt, Timestamp? LastTouchAt, Timestamp? LastReportAt, bool HasCandidates, bool AwaitsClick)
{
    /// <summary>Returns the head of an evaluated journey.</summary>
    public static JourneyHead FromJourney(Journey journey)
    {
        var (hasCandidates, awaitsClick) = (false, false);
        foreach (var touch in journey.Touches)
        {
            hasCandidates |= touch.Role == TouchRole.Kept;
            awaitsClick |= touch is { Kind: TouchKind.Visit, ClickId: not null, Role: TouchRole.Kept or TouchRole.SameTouch };
        }

        Timestamp? lastTouch = journey.Touches is [.., var last] ? last.At : null;
        if (journey.EvictedTouches is [.., var evicted]) lastTouch = Latest(lastTouch, evicted.At);
        return new(
            journey.CatalogVersion, journey.Touches.Length, journey.EvictedTouches.Length,
            journey.ReportedConversions.Length, journey.ReportedRefunds.Length, journey.ReportedPayments.Length,
            journey.Snapshots.Length, journey.FirstAt, lastTouch,
            Latest(
                Latest(LastOf(journey.ReportedConversions), LastOf(journey.ReportedRefunds)), LastOf(journey.ReportedPayments)),
            hasCandidates, awaitsClick);
    }

    /// <summary>
    /// Returns false if no credit of the journey changes when an event is added and the journey is evaluated. True for all
    /// events but touches, and if the head does not suffice to decide.
    /// </summary>
    /// <param name="added">The event. It concerns this journey only.</param>
    /// <param name="catalogVersion">The version of the catalog to evaluate with.</param>
    /// <param name="bounds">The bounds on the journey's touches.</param>
    public bool MayChangeCredit(JourneyEvent added, long catalogVersion, JourneyBounds bounds)
    {
        if (added is not (Click or Visit)) return true;
        if (ReportedConversions == 0) return false;
        // A touch after an order earns nothing of it, unless it evicts others or takes over an earlier visit.
        return CatalogVersion != catalogVersion || Touches >= bounds.NeverEvictedTouches || added.At <= LastReportAt
            || (added is Click { ClickId: not null } && (AwaitsClick || added.At <= LastTouchAt));
    }

    private static Timestamp? LastOf<T>(ImmutableArray<T> events) where T : JourneyEvent =>
        events is [.., var last] ? last.At : null;

    private static Timestamp? Latest(Timestamp? a, Timestamp? b) => a > b || b is null ? a : b;
}
