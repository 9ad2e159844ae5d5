using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Quality;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>
/// A click, visit or referral in a journey: the reported members, and the derived members of the last evaluation.
/// </summary>
public sealed record Touch
{
    /// <summary>Gets the event's identity.</summary>
    public required EventId Id { get; init; }

    /// <summary>Gets the time.</summary>
    public required Timestamp At { get; init; }

    /// <summary>Gets the kind: click, visit or referral.</summary>
    public required TouchKind Kind { get; init; }

    /// <summary>Gets the slug of a click's link.</summary>
    public string? Slug { get; init; }

    /// <summary>Gets the UTM parameters of a visit or referral.</summary>
    public Utm? Utm { get; init; }

    /// <summary>Gets the claim of a referral; null for other kinds.</summary>
    public ReferralClaim? Claim { get; init; }

    /// <summary>Gets the first-party visitor id.</summary>
    public string? VisitorId { get; init; }

    /// <summary>Gets a click's own id; for a visit, the id of the click that led to it.</summary>
    public string? ClickId { get; init; }

    /// <summary>Gets the reason why the touch was not made by a person, if any.</summary>
    public TouchLabel Label { get; init; }

    /// <summary>Gets the limits on linking that keep it out of a journey it refers to.</summary>
    public LinkLimits ExceededLimits { get; init; }

    /// <summary>
    /// True if the touch can earn credit but is not counted here: it is counted in the evicted counts, or in the
    /// journey that this one was archived from.
    /// </summary>
    public bool IsEvidenceOnly { get; init; }

    /// <summary>Gets the brand's local day. Derived.</summary>
    public DateOnly Day { get; init; }

    /// <summary>Gets the matched placement; null if nothing matched. Derived.</summary>
    public Placement? Placement { get; init; }

    /// <summary>
    /// Gets the catalog item that matched, as <c>kind/id</c>; null if nothing matched or it belongs to a click.
    /// Derived.
    /// </summary>
    public string? MatchedBy { get; init; }

    /// <summary>Gets the role in counting and crediting. Derived.</summary>
    public TouchRole Role { get; init; }

    /// <summary>
    /// True if it makes its journey a visitor of the placement, and an order that is not canceled followed within the
    /// lookback. Derived.
    /// </summary>
    public bool IsConverted { get; init; }

    /// <summary>Gets the derived members that matching determines.</summary>
    internal TouchMatch Match => new(Day, Placement, MatchedBy, Role);
}
