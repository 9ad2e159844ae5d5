using Attribution.Core.Rollups;

namespace Attribution.Storage.Rollups;

/// <summary>A name that matched nothing in the catalog.</summary>
/// <param name="Kind">What it was given as.</param>
/// <param name="Name">The name, normalised as it is matched.</param>
/// <param name="Count">How often it was given.</param>
/// <param name="First">First local day on which it was.</param>
/// <param name="Last">Last local day on which it was.</param>
public sealed record UnmatchedName(UnmatchedKind Kind, string Name, long Count, DateOnly First, DateOnly Last);
