namespace Attribution.Storage.Catalog;

/// <summary>The author of a change of the catalog.</summary>
/// <param name="Name">The name of the API key or user; <c>local</c> if there are none.</param>
/// <param name="KeyId">The id of the API key; null without one.</param>
public sealed record CatalogAuthor(string Name, string? KeyId);
