using Attribution.Core.Catalog;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Access;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>
/// The scopes that catalog writes require, and the answer for an item that does not exist or that the caller does not
/// see (<see cref="CallerCatalog"/>).
/// </summary>
internal static class CatalogVisibility
{
    /// <summary>
    /// Returns the scope required to write a kind. Brands need more, because their settings affect the whole ledger.
    /// </summary>
    public static KeyScopes GetRequiredScope(CatalogKindInfo kind) => kind.Kind == CatalogKind.Brands ? KeyScopes.Admin
        : KeyScopes.Edit;

    /// <summary>Creates the problem of an item that does not exist or is not visible.</summary>
    public static QueryProblem ItemNotFound(CatalogKindInfo kind, string id) =>
        QueryProblem.NotFound($"There is no {kind.Name}/{id}");
}
