using Attribution.Contracts.Catalog;
using Attribution.Core.Values;

namespace Attribution.Storage.Catalog;

/// <summary>A write to an item of the catalog, as it is kept.</summary>
/// <param name="Number">Grows with each write; where the next page begins.</param>
/// <param name="Version">The catalog's version that it made.</param>
/// <param name="At">When.</param>
/// <param name="By">Who; null: the program itself.</param>
/// <param name="Item">The item as written; null: it was deleted.</param>
public sealed record CatalogHistoryEntry(long Number, long Version, Timestamp At, CatalogAuthor? By, ICatalogItem? Item);
