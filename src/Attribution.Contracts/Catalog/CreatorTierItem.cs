namespace Attribution.Contracts.Catalog;

/// <summary>A tier of creators by number of followers.</summary>
/// <param name="Name">The tier's name.</param>
/// <param name="FromFollowers">
/// Minimum number of followers, on the platform where the creator has the most. The tier ends where the next one
/// begins.
/// </param>
public sealed record CreatorTierItem(string Name, long FromFollowers);
