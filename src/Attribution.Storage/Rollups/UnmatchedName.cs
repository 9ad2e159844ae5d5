using Attribution.Core.Rollups;

namespace Attribution.Storage.Rollups;

/// <summary>A name that matched no item of the catalog.</summary>
/// <param name="Kind">The kind of name.</param>
/// <param name="Name">The name, normalized for matching.</param>
/// <param name="Count">The number of occurrences.</param>
/// <param name="First">The first local day of occurrence.</param>
/// <param name="Last">The last local day of occurrence.</param>
public sealed record UnmatchedName(UnmatchedKind Kind, string Name, long Count, DateOnly First, DateOnly Last);
