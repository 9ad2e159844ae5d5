using System.Collections.Immutable;
using Attribution.Core.Events;
using Attribution.Core.Identity;

namespace Attribution.Core.Journeys;

/// <summary>
/// Everything known of one person (or of one order, or post, that nobody is known to): the events that matter, as a set in canonical
/// order, and beside them what they came to when last evaluated. What was last emitted to ledger and rollups is a function of this
/// record alone (<c>Measures</c>), so every change can be taken back exactly, whatever the catalog says by then.
/// </summary>
public sealed record Journey
{
    /// <summary>Time-ordered id; of two journeys that turn out to be one, the lesser id survives.</summary>
    public required Guid Id { get; init; }

    /// <summary>The brand it belongs to.</summary>
    public required string Brand { get; init; }

    /// <summary>Version of the catalog it was last evaluated with; <see cref="NeverEvaluated"/> where nothing derived may be relied on.</summary>
    public long CatalogVersion { get; init; }

    /// <summary>No version of the catalog: everything derived is derived anew.</summary>
    public const long NeverEvaluated = -1;

    /// <summary>Clicks and visits, by (time, kind, source, id); the newest of them where there were more than its bounds allow.</summary>
    public ImmutableArray<Touch> Touches { get; init; } = [];

    /// <summary>Touches that left by the bounds, by (time, source, id).</summary>
    public ImmutableArray<EvictedTouch> EvictedTouches { get; init; } = [];

    /// <summary>What the touches that left count, by (day, campaign, creator, measure). Part of its measures for good.</summary>
    public ImmutableArray<EvictedCount> EvictedCounts { get; init; } = [];

    /// <summary>What was said of conversions, by (time, source, id).</summary>
    public ImmutableArray<ReportedConversion> ReportedConversions { get; init; } = [];

    /// <summary>What was said of refunds, by (time, source, id). A refund whose order has not come waits here.</summary>
    public ImmutableArray<ReportedRefund> ReportedRefunds { get; init; } = [];

    /// <summary>A post's counters, by (time, source, id).</summary>
    public ImmutableArray<PostSnapshot> Snapshots { get; init; } = [];

    /// <summary>
    /// Derived: the conversions, by key, with their credits as last emitted. One of which more was said since is missing until it is evaluated.
    /// </summary>
    public ImmutableArray<Conversion> Conversions { get; init; } = [];

    /// <summary>Derived: the brand's local days of refunds whose order has not come, each refund once.</summary>
    public ImmutableArray<DateOnly> WaitingRefunds { get; init; } = [];

    /// <summary>Derived: whom its events name and limits on linking kept apart.</summary>
    public ImmutableArray<LinkLimitExceeded> ExceededLinkLimits { get; init; } = [];

    /// <summary>Derived: what the post's counters came to by day, as last emitted.</summary>
    public ImmutableArray<PostDay> PostDays { get; init; } = [];
}
