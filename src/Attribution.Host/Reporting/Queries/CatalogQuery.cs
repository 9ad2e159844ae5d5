using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Reporting.CatalogEditing;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The queries for catalog items.</summary>
internal static class CatalogQuery
{
    /// <summary>Returns all items of a type, ordered by id.</summary>
    public static IEnumerable<TItem> ListAll<TItem>(CatalogSnapshot catalog)
        where TItem : class, ICatalogItem =>
        catalog.Contents.Items.Values.OfType<TItem>().OrderBy(item => item.Id, StringComparer.Ordinal);

    /// <summary>Returns a page of the items of a type, ordered by id.</summary>
    public static CatalogPage<TItem> List<TItem>(CatalogSnapshot catalog, PageRequest page)
        where TItem : class, ICatalogItem
    {
        var items = ListAll<TItem>(catalog).Where(item => string.CompareOrdinal(item.Id, page.After) > 0)
            .Take(page.Limit + 1).ToList();
        var hasMore = items.Count > page.Limit;
        if (hasMore) items.RemoveAt(page.Limit);
        return new CatalogPage<TItem>(items, hasMore ? PageRequest.EncodeCursor(items[^1].Id) : null);
    }

    /// <summary>Finds an item.</summary>
    public static QueryResult<ICatalogItem> Find(CatalogKindInfo kind, string id, CatalogSnapshot catalog) =>
        catalog.Contents.Items.GetValueOrDefault(new CatalogRef(kind.Kind, id)) is { } item
            ? new QueryResult<ICatalogItem>(item, null)
            : CatalogVisibility.ItemNotFound(kind, id);
}

/// <summary>A page of catalog items.</summary>
/// <param name="Items">Items by id.</param>
/// <param name="Cursor">Cursor of the next page; null on the last page.</param>
internal sealed record CatalogPage<TItem>(IReadOnlyList<TItem> Items, string? Cursor);
