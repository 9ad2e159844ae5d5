namespace Attribution.Core.Catalog;

/// <summary>A kind of catalog items with its name on the wire and its record type.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">The name on the wire, kebab-case plural, as in <c>/v1/utm-rules</c>.</param>
/// <param name="ItemType">The record type of the items.</param>
public sealed record CatalogKindInfo(CatalogKind Kind, string Name, Type ItemType);
