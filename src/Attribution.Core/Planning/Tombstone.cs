namespace Attribution.Core.Planning;

/// <summary>A journey that was merged into another.</summary>
/// <param name="Id">The journey that ends.</param>
/// <param name="Version">The version read.</param>
/// <param name="MergedInto">The journey that lives on.</param>
public sealed record Tombstone(Guid Id, long Version, Guid MergedInto);
