using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Access;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Access;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>The rules for which callers can see and write which catalog items.</summary>
internal static class CatalogVisibility
{
    /// <summary>
    /// Returns the scope required to write a kind. Brands need more, because their settings affect the whole ledger.
    /// </summary>
    public static KeyScopes GetRequiredScope(CatalogKindInfo kind) => kind.Kind == CatalogKind.Brands ? KeyScopes.Admin
        : KeyScopes.Edit;

    /// <summary>
    /// Indicates whether a caller can see an item. A caller restricted to a brand sees the items of that brand and
    /// shared items.
    /// </summary>
    public static bool IsVisibleTo(Caller caller, ICatalogItem item, CatalogSnapshot catalog) =>
        caller.OnlyBrand is not { } brand
            || (CatalogKinds.BrandOf(item, catalog.Contents.Items.GetValueOrDefault) ?? brand) == brand;

    /// <summary>Creates the problem of an item that does not exist or is not visible.</summary>
    public static QueryProblem ItemNotFound(CatalogKindInfo kind, string id) =>
        QueryProblem.NotFound($"There is no {kind.Name}/{id}");
}
