using Attribution.Contracts.Catalog;
using Attribution.Core.Values;

namespace Attribution.Storage.Catalog;

/// <summary>A write to an item of the catalog.</summary>
/// <param name="Number">The number, which grows with each write and starts the next page.</param>
/// <param name="Version">The version of the catalog after the write.</param>
/// <param name="At">The time.</param>
/// <param name="By">The author; null for the program itself.</param>
/// <param name="Item">The item as written; null if it was deleted.</param>
public sealed record CatalogHistoryEntry(
    long Number, long Version, Timestamp At, CatalogAuthor? By, ICatalogItem? Item);
