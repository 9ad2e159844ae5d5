namespace Attribution.Core.Planning;

/// <summary>A journey that was merged into another.</summary>
/// <param name="Id">Id of the journey that ends.</param>
/// <param name="Version">Version that was read.</param>
/// <param name="MergedInto">Id of the journey that survives.</param>
public sealed record Tombstone(Guid Id, long Version, Guid MergedInto);
