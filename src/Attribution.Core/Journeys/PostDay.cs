using System.Collections.Immutable;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>The growth of a post's counters on a local day.</summary>
public sealed record PostDay
{
    /// <summary>Gets the brand's local day.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Gets the placement of the post; null if none is known.</summary>
    public Placement? Placement { get; init; }

    /// <summary>
    /// Gets the id of the agreement that pays a fee for the post. Only set on the post's first day; null if no
    /// agreement pays one.
    /// </summary>
    public string? FeeAgreement { get; init; }

    /// <summary>
    /// Gets the growth of impressions, reach, likes, comments, shares, saves and views: the latest total of the day
    /// minus the previous total.
    /// </summary>
    public required ImmutableArray<long> Growth { get; init; }
}
