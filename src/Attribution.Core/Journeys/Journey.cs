using System.Collections.Immutable;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>
/// Everything known of one person, or of one order or post without a known person: the events as a set in canonical
/// order, and the results of the last evaluation. The emitted ledger lines and rollup measures are a function of this
/// record alone (<see cref="JourneyMeasures"/>), so every change can be reversed exactly, regardless of later catalog
/// changes.
/// </summary>
public sealed record Journey
{
    /// <summary>Gets the time-ordered id. If two journeys turn out to be one, the lower id survives.</summary>
    public required Guid Id { get; init; }

    /// <summary>Gets the id of the brand.</summary>
    public required string Brand { get; init; }

    /// <summary>
    /// Gets the version of the catalog of the last evaluation; <see cref="NeverEvaluated"/> if derived members cannot
    /// be relied on.
    /// </summary>
    public long CatalogVersion { get; init; }

    /// <summary>
    /// Marks a journey whose derived members must all be derived again; not a version of the catalog.
    /// </summary>
    public const long NeverEvaluated = -1;

    /// <summary>
    /// Gets the clicks and visits by (time, kind, source, id); only the newest if there were more than the bounds
    /// allow.
    /// </summary>
    public ImmutableArray<Touch> Touches { get; init; } = [];

    /// <summary>Gets the touches that were evicted because of the bounds, by (time, source, id).</summary>
    public ImmutableArray<EvictedTouch> EvictedTouches { get; init; } = [];

    /// <summary>
    /// Gets the counts of evicted touches, by (day, campaign, creator, measure). They remain part of the journey's
    /// measures.
    /// </summary>
    public ImmutableArray<EvictedCount> EvictedCounts { get; init; } = [];

    /// <summary>Gets the reported conversions, by (time, source, id).</summary>
    public ImmutableArray<ReportedConversion> ReportedConversions { get; init; } = [];

    /// <summary>
    /// Gets the reported refunds, by (time, source, id), including refunds that wait for their order.
    /// </summary>
    public ImmutableArray<ReportedRefund> ReportedRefunds { get; init; } = [];

    /// <summary>Gets the other ids of orders and their payments, by (time, source, id).</summary>
    public ImmutableArray<ReportedPayment> ReportedPayments { get; init; } = [];

    /// <summary>Gets the counters of a post, by (time, source, id).</summary>
    public ImmutableArray<PostSnapshot> Snapshots { get; init; } = [];

    /// <summary>
    /// Gets the first orders of customers whose orders were archived to another journey, by customer key; one a customer.
    /// </summary>
    public ImmutableArray<FirstOrder> FirstOrders { get; init; } = [];

    /// <summary>
    /// Gets the converted visitors that it shares with journeys archived from it, or with the one it was archived from, by
    /// (day, campaign, creator).
    /// </summary>
    public ImmutableArray<SharedVisitor> SharedVisitors { get; init; } = [];

    /// <summary>
    /// Gets the conversions by key with their credits as last emitted. Derived. A conversion with newer reports is
    /// missing until it is evaluated.
    /// </summary>
    public ImmutableArray<Conversion> Conversions { get; init; } = [];

    /// <summary>Gets the brand's local days of refunds that wait for their order, one per refund. Derived.</summary>
    public ImmutableArray<DateOnly> WaitingRefunds { get; init; } = [];

    /// <summary>
    /// Gets the identifiers that its events name together but that limits on linking kept separate. Derived.
    /// </summary>
    public ImmutableArray<LinkLimitExceeded> ExceededLinkLimits { get; init; } = [];

    /// <summary>Gets the growth of the post's counters by day, as last emitted. Derived.</summary>
    public ImmutableArray<PostDay> PostDays { get; init; } = [];

    /// <summary>
    /// Gets the time of the first touch, evicted touch or reported conversion; null if it has no such event.
    /// </summary>
    internal Timestamp? FirstAt
    {
        get
        {
            Timestamp? first = Touches is [var touch, ..] ? touch.At : null;
            if (EvictedTouches is [var evicted, ..] && !(first <= evicted.At)) first = evicted.At;
            return ReportedConversions is [var reported, ..] && !(first <= reported.At) ? reported.At : first;
        }
    }

    /// <summary>Returns true if a limit on linking kept one of its events separate.</summary>
    internal bool ExceedsLinkLimits
    {
        get
        {
            foreach (var touch in Touches)
                if (touch.ExceededLimits != LinkLimits.None)
                    return true;
            foreach (var reported in ReportedConversions)
                if (reported.ExceededLimits != LinkLimits.None)
                    return true;
            return false;
        }
    }
}
