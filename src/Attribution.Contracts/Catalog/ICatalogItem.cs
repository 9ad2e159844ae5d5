namespace Attribution.Contracts.Catalog;

/// <summary>An item of the catalog.</summary>
public interface ICatalogItem
{
    /// <summary>
    /// Gets the id, unique within its kind: 1 to 64 characters of <c>a-z 0-9 . _ -</c>. Ids of exchange rates may
    /// contain <c>A-Z</c>; ids of monthly nets have up to 72 characters.
    /// </summary>
    string Id { get; }
}
