using System.Collections.Immutable;
using Attribution.Core.Events;
using Attribution.Core.Identity;

namespace Attribution.Core.Journeys;

/// <summary>A journey's events as a set: adding one twice, or two in another order, or two journeys' together, gives the same set. Pure.</summary>
public static class JourneyEventSet
{
    /// <summary>The journey with one more event; the very same journey when it has it already. What it comes to is not evaluated here.</summary>
    public static Journey WithEvent(this Journey journey, JourneyEvent happened) => happened switch
    {
        Click click => journey.WithTouch(ToTouch(click)),
        Visit visit => journey.WithTouch(ToTouch(visit)),
        ReportedConversion statement => Insert(journey.ReportedConversions, statement, CompareByTime) is { } statements
            ? journey.WithoutEvaluation(IdentityRules.ConversionKey(statement)) with { ReportedConversions = statements } : journey,
        ReportedRefund refund => Insert(journey.ReportedRefunds, refund, CompareByTime) is { } refunds
            ? journey.WithoutEvaluation(IdentityRules.OrderAlias(refund.OrderId)) with { ReportedRefunds = refunds } : journey,
        PostSnapshot snapshot => Insert(journey.Snapshots, snapshot, CompareByTime) is { } snapshots ? journey with { Snapshots = snapshots } : journey,
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, "No such event."),
    };

    /// <summary>The journey with the events of another, under its own id.</summary>
    public static Journey MergeFrom(this Journey journey, Journey other)
    {
        var counts = new EvictedCountsBuilder(journey.EvictedCounts);
        foreach (var count in other.EvictedCounts) counts.Add(count);
        journey = journey with
        {
            CatalogVersion = Journey.NeverEvaluated,
            EvictedCounts = counts.ToImmutable(),
            EvictedTouches = [.. journey.EvictedTouches.UnionBy(other.EvictedTouches, touch => touch.Id).OrderBy(touch => touch.At).ThenBy(touch => touch.Id)],
        };
        journey = journey with { Touches = journey.Touches.RemoveAll(touch => !touch.IsEvidenceOnly && journey.EvictedTouches.Any(gone => gone.Id == touch.Id)) };
        foreach (var touch in other.Touches) journey = touch.IsEvidenceOnly ? journey.WithEvidence(touch) : journey.WithoutEvidence(touch.Id).WithTouch(touch);
        foreach (var statement in other.ReportedConversions) journey = journey.WithEvent(statement);
        foreach (var refund in other.ReportedRefunds) journey = journey.WithEvent(refund);
        foreach (var snapshot in other.Snapshots) journey = journey.WithEvent(snapshot);
        return journey;
    }

    /// <summary>Touches stand by (time, evidence rank, source, id).</summary>
    public static int CompareTouches(Touch a, Touch b) =>
        a.At != b.At ? a.At.CompareTo(b.At)
        : a.Kind != b.Kind ? a.Kind.CompareTo(b.Kind)
        : a.Id.CompareTo(b.Id);

    private static int CompareByTime(JourneyEvent a, JourneyEvent b) => a.At != b.At ? a.At.CompareTo(b.At) : a.Id.CompareTo(b.Id);

    private static Journey WithTouch(this Journey journey, Touch touch)
    {
        foreach (var known in journey.Touches)
            if (known.Id == touch.Id)
                return journey;
        foreach (var gone in journey.EvictedTouches)
            if (gone.Id == touch.Id)
                return journey;
        return journey with { Touches = InsertInOrder(journey.Touches, touch, CompareTouches) };
    }

    /// <summary>Evidence may rest on what left: what counts of it stands in the base, and it is not counted again.</summary>
    private static Journey WithEvidence(this Journey journey, Touch touch) =>
        journey.Touches.Any(known => known.Id == touch.Id) ? journey : journey with { Touches = InsertInOrder(journey.Touches, touch, CompareTouches) };

    /// <summary>Makes room for the twin that counts; one that left already is counted in the base, and the evidence stays.</summary>
    private static Journey WithoutEvidence(this Journey journey, EventId id) =>
        journey.EvictedTouches.Any(gone => gone.Id == id) ? journey : journey with { Touches = journey.Touches.RemoveAll(known => known.IsEvidenceOnly && known.Id == id) };

    /// <summary>The journey with a conversion's evaluation taken away, since more was said of it.</summary>
    private static Journey WithoutEvaluation(this Journey journey, string conversion) =>
        journey with { Conversions = journey.Conversions.RemoveAll(known => known.Key == conversion) };

    private static ImmutableArray<T>? Insert<T>(ImmutableArray<T> events, T happened, Comparison<T> order) where T : JourneyEvent
    {
        foreach (var known in events)
            if (known.Id == happened.Id)
                return null;
        return InsertInOrder(events, happened, order);
    }

    private static ImmutableArray<T> InsertInOrder<T>(ImmutableArray<T> events, T happened, Comparison<T> order)
    {
        var place = events.Length;
        while (place > 0 && order(events[place - 1], happened) > 0) place--;
        return events.Insert(place, happened);
    }

    private static Touch ToTouch(Click click) => new()
    {
        Id = click.Id, At = click.At, Kind = TouchKind.Click, Slug = click.Slug, VisitorId = click.VisitorId, ClickId = click.ClickId, Label = click.Label, ExceededLimits = click.ExceededLimits,
    };

    private static Touch ToTouch(Visit visit) => new()
    {
        Id = visit.Id, At = visit.At, Kind = TouchKind.Visit, Utm = visit.Utm, VisitorId = visit.VisitorId, ClickId = visit.ClickId, Label = visit.Label, ExceededLimits = visit.ExceededLimits,
    };
}
