using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>The derived members of a touch under a catalog; see the members of <see cref="Touch"/>.</summary>
internal readonly record struct TouchMatch(DateOnly Day, Placement? Placement, string? MatchedBy, TouchRole Role);
