using System.Text.Json.Nodes;
using Attribution.Core.Catalog;
using Attribution.Host.Reporting.CatalogEditing;

namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>Number of visible items per kind.</summary>
internal sealed record CatalogOverviewModel(IReadOnlyList<(string Kind, int Count)> Kinds);

/// <summary>A page of the items of one kind, with the result of an import.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Items">The items of the page, ordered by id.</param>
/// <param name="Next">The id after which the next page begins; null on the last page.</param>
/// <param name="Import">The result per line; null if nothing was imported.</param>
/// <param name="ImportFault">The reason why the import was not read; null if it was.</param>
/// <param name="Lines">The lines as entered; null if nothing was imported.</param>
internal sealed record CatalogKindModel(
    CatalogKindInfo Kind,
    IReadOnlyList<JsonObject> Items,
    string? Next,
    ImportAnswer? Import = null,
    string? ImportFault = null,
    string? Lines = null);

/// <summary>An item in its form, as stored or as entered.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Id">The id; empty for a new item.</param>
/// <param name="Item">The members.</param>
/// <param name="ETag">The entity tag of the item when the form was opened; null for a new item.</param>
internal sealed record CatalogItemModel(CatalogKindInfo Kind, string Id, JsonObject Item, string? ETag)
{
    /// <summary>Indicates whether the catalog contains the item.</summary>
    public bool IsStored { get; init; } = ETag is not null;

    /// <summary>Gets the validation errors; empty if there are none.</summary>
    public IReadOnlyList<CatalogFault> Faults { get; init; } = [];

    /// <summary>Gets the reason why nothing was written; null if nothing was attempted.</summary>
    public string? Message { get; init; }

    /// <summary>
    /// Gets the day since which an agreement for new customers knows who is new; null for other items, and without orders.
    /// </summary>
    public DateOnly? OrdersKnownSince { get; init; }
}
