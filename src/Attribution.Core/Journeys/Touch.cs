using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Quality;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>A click or a visit in a journey: what was said, and what it came to when last evaluated.</summary>
public sealed record Touch
{
    /// <summary>The event's identity.</summary>
    public required EventId Id { get; init; }

    /// <summary>When it happened.</summary>
    public required Timestamp At { get; init; }

    /// <summary>Click or visit.</summary>
    public required TouchKind Kind { get; init; }

    /// <summary>Slug of a click's link.</summary>
    public string? Slug { get; init; }

    /// <summary>UTM parameters of a visit.</summary>
    public Utm? Utm { get; init; }

    /// <summary>First-party visitor id.</summary>
    public string? VisitorId { get; init; }

    /// <summary>A click's own id; of a visit, the click that led to it.</summary>
    public string? ClickId { get; init; }

    /// <summary>What makes it no person's act.</summary>
    public TouchLabel Label { get; init; }

    /// <summary>By which limits it stands apart from a journey that it names.</summary>
    public LinkLimits ExceededLimits { get; init; }

    /// <summary>It may earn, and counts nothing: it is counted where it came from, in a base or in the journey that a conversion was set apart from.</summary>
    public bool IsEvidenceOnly { get; init; }

    /// <summary>Derived: the brand's local day.</summary>
    public DateOnly Day { get; init; }

    /// <summary>Derived: the placement it belongs to; null when nothing matched.</summary>
    public Placement? Placement { get; init; }

    /// <summary>Derived: the catalog item that matched, as <c>kind/id</c>; null when nothing matched or it belongs to a click.</summary>
    public string? MatchedBy { get; init; }

    /// <summary>Derived: what it counts as.</summary>
    public TouchRole Role { get; init; }

    /// <summary>What it came to when last evaluated.</summary>
    internal TouchMatch Match => new(Day, Placement, MatchedBy, Role);

    /// <summary>The touch with what it came to now; the very same touch where that is what it was.</summary>
    internal Touch WithMatch(in TouchMatch now) =>
        now == Match ? this : this with { Day = now.Day, Placement = now.Placement, MatchedBy = now.MatchedBy, Role = now.Role };
}

/// <summary>What a touch comes to under a catalog; see the members of <see cref="Touch"/>.</summary>
internal readonly record struct TouchMatch(DateOnly Day, Placement? Placement, string? MatchedBy, TouchRole Role);

/// <summary>Click or visit; the number is the evidence rank, which orders touches of one instant. Stored: never renumber.</summary>
public enum TouchKind
{
    /// <summary>Followed a tracking link.</summary>
    Click = 0,

    /// <summary>Landed on the shop.</summary>
    Visit = 1,
}

/// <summary>What a touch counts as. Stored: never renumber.</summary>
public enum TouchRole
{
    /// <summary>Matched nothing in the catalog.</summary>
    Unmatched = 0,

    /// <summary>A touch of its own: counts, and may earn.</summary>
    Kept = 1,

    /// <summary>Within 30 minutes of the one before it of the same placement: counts, earns nothing more.</summary>
    SameTouch = 2,

    /// <summary>A visit that belongs to a click: counts as a visit, is no touch of its own.</summary>
    OfClick = 3,

    /// <summary>Labelled: counts under its label only.</summary>
    Labelled = 4,

    /// <summary>A visit that belongs to a labelled click: not counted at all.</summary>
    OfLabelledClick = 5,
}
