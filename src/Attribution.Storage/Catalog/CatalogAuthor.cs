namespace Attribution.Storage.Catalog;

/// <summary>Who changed the catalog.</summary>
/// <param name="Name">The API key's name, or <c>local</c> while there are none.</param>
/// <param name="KeyId">The API key's id; null while there are none.</param>
public sealed record CatalogAuthor(string Name, string? KeyId);
