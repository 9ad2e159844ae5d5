using Attribution.Core.Catalog;
using Attribution.Host.Access;
using Attribution.Host.Reporting.CatalogEditing;
using Attribution.Storage.Catalog;

namespace Attribution.Host.Reporting.Queries;

/// <summary>
/// The query for the changes of a catalog item. The history is permanent and written in the transaction of the change.
/// </summary>
internal static class CatalogHistoryQuery
{
    /// <summary>Reads a page, newest first.</summary>
    public static async Task<QueryResult<HistoryPage<object>>> RunAsync(
        CatalogKindInfo kind, string id, string? limit, string? cursor, Caller caller, CatalogSnapshot catalog,
        ICatalogStore store, CancellationToken cancellation)
    {
        if (!PageRequest.Parse(limit, cursor).TryGet(out var page, out var problem)) return problem;
        if (!page.TryGetNumber(out var before)) return QueryProblem.UnknownCursor();
        var reference = new CatalogRef(kind.Kind, id);
        var item = catalog.Contents.Items.GetValueOrDefault(reference);
        // The brand of a deleted item is unknown, so only callers of all brands can see its history.
        if (item is null && caller.OnlyBrand is not null) return CatalogVisibility.ItemNotFound(kind, id);
        var changes = await store.ReadHistoryAsync(reference, before, page.Limit + 1, cancellation);
        if (changes.Count == 0 && item is null) return CatalogVisibility.ItemNotFound(kind, id);
        return new HistoryPage<object>(
            [
                .. changes.Take(page.Limit).Select(change => new HistoryChange<object>(
                    change.Version, change.At.ToDateTimeOffset(), change.By?.Name, change.By?.KeyId, change.Item is null
                        ? "deleted" : "written", change.Item)),
            ],
            changes.Count > page.Limit ? PageRequest.EncodeCursor(changes[page.Limit - 1].Number) : null);
    }
}

/// <summary>A page of an item's history.</summary>
/// <param name="Changes">Changes, newest first.</param>
/// <param name="Cursor">Cursor of the next page; null on the last page.</param>
internal sealed record HistoryPage<TItem>(IReadOnlyList<HistoryChange<TItem>> Changes, string? Cursor);

/// <summary>A change of an item.</summary>
/// <param name="Version">Version of the catalog created by the change.</param>
/// <param name="At">Time of the change.</param>
/// <param name="By">Name of the API key or user; <c>local</c> if none existed; null for the program itself.</param>
/// <param name="KeyId">Id of the API key.</param>
/// <param name="Action"><c>written</c> or <c>deleted</c>.</param>
/// <param name="Item">The item as written; null if it was deleted.</param>
internal sealed record HistoryChange<TItem>(
    long Version, DateTimeOffset At, string? By, string? KeyId, string Action, TItem? Item);
