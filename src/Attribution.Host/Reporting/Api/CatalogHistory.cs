using System.Globalization;
using Attribution.Core.Catalog;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Storage.Catalog;

namespace Attribution.Host.Reporting.Api;

/// <summary>Who changed an item, when and to what. Kept for good; written in the transaction of the change.</summary>
internal static class CatalogHistory
{
    public static async Task<IResult> ListAsync(
        CatalogKindInfo kind, string id, string? limitText, string? cursor, HttpContext http, CatalogCache source, ICatalogStore store, CancellationToken cancellation)
    {
        if (!QueryParameters.TryReadLimit(limitText, out var limit, out var fault) || !QueryParameters.TryReadCursor(cursor, out var after, out fault)) return fault;
        long? before = null;
        if (after.Length > 0)
        {
            if (!long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return QueryParameters.UnknownCursor();
            before = number;
        }

        var catalog = await source.RefreshAsync(cancellation);
        var reference = new CatalogRef(kind.Kind, id);
        var item = catalog.Contents.Items.GetValueOrDefault(reference);
        // Whose a deleted item was cannot be told any more, so it is for keys of every brand.
        if (item is null ? Caller.FromContext(http).OnlyBrand is not null : !CatalogEndpoints.IsVisibleTo(http, item, catalog)) return CatalogEndpoints.ItemNotFound(kind, id);
        var changes = await store.ReadHistoryAsync(reference, before, limit + 1, cancellation);
        if (changes.Count == 0 && item is null) return CatalogEndpoints.ItemNotFound(kind, id);
        var page = changes.Take(limit).Select(change => new HistoryChange<object>(
            change.Version, change.At.ToDateTimeOffset(), change.By?.Name, change.By?.KeyId, change.Item is null ? "deleted" : "written", change.Item)).ToList();
        var next = changes.Count > limit ? QueryParameters.EncodeCursor(changes[limit - 1].Number.ToString(CultureInfo.InvariantCulture)) : null;
        return Results.Json(new HistoryPage<object>(page, next), ReportJson.Options);
    }
}

/// <summary>A page of an item's history.</summary>
/// <param name="Changes">Newest first.</param>
/// <param name="Cursor">Where the next page begins; null at the end.</param>
internal sealed record HistoryPage<TItem>(IReadOnlyList<HistoryChange<TItem>> Changes, string? Cursor);

/// <summary>A change.</summary>
/// <param name="Version">The catalog's version that it made.</param>
/// <param name="At">When.</param>
/// <param name="By">The API key's name; <c>local</c> while there were none; null: the program itself.</param>
/// <param name="KeyId">The API key's id.</param>
/// <param name="Action"><c>written</c> or <c>deleted</c>.</param>
/// <param name="Item">The item as it was written; null where it was deleted.</param>
internal sealed record HistoryChange<TItem>(long Version, DateTimeOffset At, string? By, string? KeyId, string Action, TItem? Item);
