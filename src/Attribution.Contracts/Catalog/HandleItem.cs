namespace Attribution.Contracts.Catalog;

/// <summary>An account of a creator.</summary>
/// <param name="Platform"><c>instagram</c>, <c>tiktok</c>, …</param>
/// <param name="Handle">The account's name on the platform.</param>
/// <param name="Followers">Number of followers, if known.</param>
public sealed record HandleItem(string Platform, string Handle, long? Followers = null);
