using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Rollups;
using Attribution.Host.Access;
using Attribution.Host.Reporting.CatalogEditing;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Access;

namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>The catalog as pages: its kinds, the items of each, a form for each item, and imports. Every write goes the API's way.</summary>
internal static class CatalogForms
{
    private const int PageSize = 50;

    public static void MapCatalogForms(this IEndpointRouteBuilder routes)
    {
        routes.MapPage<CatalogPage>("/catalog", page => Task.FromResult<object>(new CatalogOverviewModel([.. CatalogKinds.All.Select(kind => (kind.Name, GetVisibleItems(page, kind).Count()))])));
        // Brands have addresses of their own, since writing them needs more.
        foreach (var (kind, scope) in new[] { ("brands", KeyScopes.Admin), ("{kind}", KeyScopes.Edit) })
        {
            routes.MapPage<CatalogKindPage>($"/catalog/{kind}", page => Task.FromResult(FindKind(page) is { } known ? (object)CreateKindModel(page, known) : KindNotFound(page)), "q", "after", "done");
            routes.MapPage<CatalogItemPage>($"/catalog/{kind}/item", page => Task.FromResult(FindKind(page) is { } known ? CreateItemModel(page, known) : KindNotFound(page)), "id", "saved", "assign");
            routes.MapForm<CatalogItemPage>($"/catalog/{kind}/item", scope, SaveAsync, "id", "saved", "assign");
            routes.MapForm<CatalogItemPage>($"/catalog/{kind}/delete", scope, DeleteAsync, "id");
            routes.MapForm<CatalogKindPage>($"/catalog/{kind}/import", scope, ImportAsync).WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(CatalogImporter.MaxImportBytes + (1 << 20)));
        }
    }

    /// <summary>The address of the form that registers a name which matched nothing; null for what no item registers.</summary>
    public static string? GetAssignLink(PageScope view, UnmatchedKind kind, string name) => kind switch
    {
        UnmatchedKind.Code => view.LinkTo("/catalog/codes/item", ("assign", name)),
        UnmatchedKind.Link => view.LinkTo("/catalog/links/item", ("assign", name)),
        UnmatchedKind.Utm => view.LinkTo("/catalog/utm-rules/item", ("assign", name)),
        _ => null,
    };

    private static CatalogKindInfo? FindKind(PageContext page) => CatalogKinds.TryParse(page.GetRouteValue("kind") ?? "brands", out var kind) ? kind : null;

    private static QueryProblem KindNotFound(PageContext page) => QueryProblem.NotFound($"There is no kind '{page.GetRouteValue("kind")}'; the catalog has {string.Join(", ", CatalogKinds.All.Select(kind => kind.Name))}");

    private static IEnumerable<ICatalogItem> GetVisibleItems(PageContext page, CatalogKindInfo kind)
    {
        var items = page.Scope.Catalog.Contents.Items;
        return items.Where(item => item.Key.Kind == kind.Kind).Select(item => item.Value).Where(item => CatalogVisibility.IsVisibleTo(Caller.FromContext(page.Http), item, page.Scope.Catalog)
            && (kind.Kind == CatalogKind.Brands || (CatalogKinds.BrandOf(item, items.GetValueOrDefault) ?? page.Scope.Brand.Id) == page.Scope.Brand.Id));
    }

    private static CatalogKindModel CreateKindModel(PageContext page, CatalogKindInfo kind, ImportAnswer? import = null, string? fault = null, string? lines = null)
    {
        var (text, after) = (page.Scope.GetParameter("q"), page.Scope.GetParameter("after") ?? "");
        var found = GetVisibleItems(page, kind).OrderBy(item => item.Id, StringComparer.Ordinal).Where(item => string.CompareOrdinal(item.Id, after) > 0).Select(ToJson)
            .Where(item => text is null || item.Any(member => member.Value is JsonValue value && value.ToString().Contains(text, StringComparison.OrdinalIgnoreCase)))
            .Take(PageSize + 1).ToList();
        return new CatalogKindModel(kind, [.. found.Take(PageSize)], found.Count > PageSize ? found[PageSize - 1]["id"]!.ToString() : null, import, fault, lines);
    }

    private static object CreateItemModel(PageContext page, CatalogKindInfo kind)
    {
        if (page.Scope.GetParameter("id") is not { } id) return new CatalogItemModel(kind, "", CreateBlankItem(page, kind), null);
        return page.Scope.Catalog.Contents.Items.GetValueOrDefault(new(kind.Kind, id)) is { } item && CatalogVisibility.IsVisibleTo(Caller.FromContext(page.Http), item, page.Scope.Catalog)
            ? new CatalogItemModel(kind, id, ToJson(item), WritePrecondition.ComputeETag(item)) : CatalogVisibility.ItemNotFound(kind, id);
    }

    /// <summary>What a new item begins with: nothing, or the name that is to be registered.</summary>
    private static JsonObject CreateBlankItem(PageContext page, CatalogKindInfo kind)
    {
        var item = new JsonObject();
        if (kind.Kind == CatalogKind.Campaigns) item["brandId"] = page.Scope.Brand.Id;
        if (page.Scope.GetParameter("assign") is not { } name) return item;
        item["id"] = CreateId(name);
        if (kind.Kind == CatalogKind.Codes) item["code"] = name;
        if (kind.Kind == CatalogKind.Links) item["slug"] = name;
        if (kind.Kind == CatalogKind.UtmRules)
            item["match"] = new JsonObject(name.Split('&').Select(part => part.Split('=', 2)).Where(part => part.Length == 2).DistinctBy(part => part[0]).Select(part => KeyValuePair.Create(part[0], (JsonNode?)part[1])));
        return item;
    }

    private static string CreateId(string name)
    {
        var id = new string([.. name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : '-')]).Trim('-');
        return id.Length <= 64 ? id : id[..64];
    }

    private static async Task<object> SaveAsync(PageContext page, IFormCollection form)
    {
        if (FindKind(page) is not { } kind) return KindNotFound(page);
        var (item, known, tag) = (ItemForm.Read(kind.ItemType, form), page.Scope.GetParameter("id"), form["etag"].ToString());
        var id = known ?? item["id"]?.ToString() ?? "";
        // The id is the address's; an address needs one, and then the rule says what it may be.
        item["id"] = id;
        var condition = known is null ? new WritePrecondition(null, NoneMatch: true) : new WritePrecondition([tag], NoneMatch: false);
        var result = await CatalogItemCommands.WriteAsync(kind, id, JsonSerializer.SerializeToUtf8Bytes(item), condition, Caller.FromContext(page.Http), page.GetService<CatalogWriter>(), page.Cancellation);
        if (result.Item is null)
            return new CatalogItemModel(kind, id, item, known is null ? null : tag)
            {
                IsStored = known is not null, Faults = result.Faults,
                Message = result.Faults.Count > 0 ? "Nothing was saved; what is wrong stands at its field."
                    : known is null ? $"There is {kind.Name}/{id} already: choose another id, or change that one."
                    : "Somebody else has changed or deleted it since this form was opened, and nothing was saved. Open it again, and make your change to what it is now.",
            };
        return page.Scope.GetParameter("assign") is { } name ? new PageRedirect(page.Scope.LinkTo("/quality", ("assigned", name)))
            : new PageRedirect(page.Scope.LinkTo($"/catalog/{kind.Name}/item", ("id", id), ("saved", "1")));
    }

    private static async Task<object> DeleteAsync(PageContext page, IFormCollection form)
    {
        if (FindKind(page) is not { } kind) return KindNotFound(page);
        var id = page.Scope.GetParameter("id") ?? "";
        var result = await CatalogItemCommands.DeleteAsync(new(kind.Kind, id), new([form["etag"].ToString()], NoneMatch: false), Caller.FromContext(page.Http), page.GetService<CatalogWriter>(), page.Cancellation);
        if (result.Item is not null) return new PageRedirect(page.Scope.LinkTo($"/catalog/{kind.Name}", ("done", $"{id} is deleted.")));
        if (result.Known is not { } left) return CatalogVisibility.ItemNotFound(kind, id);
        return new CatalogItemModel(kind, id, ToJson(left), WritePrecondition.ComputeETag(left))
        {
            Faults = result.Faults, Message = result.Faults.Count > 0 ? "It cannot be deleted." : "Somebody else has changed it meanwhile. Look at what it is now, and delete it then.",
        };
    }

    private static async Task<object> ImportAsync(PageContext page, IFormCollection form)
    {
        if (FindKind(page) is not { } kind) return KindNotFound(page);
        var lines = form["lines"].ToString();
        using var body = new MemoryStream();
        if (form.Files["file"] is { Length: > 0 } file) await file.CopyToAsync(body, page.Cancellation);
        else body.Write(Encoding.UTF8.GetBytes(lines));
        var (answer, problem) = await CatalogImporter.ImportAsync(kind, body.ToArray(), isCsv: null, form["dryRun"] == "true", Caller.FromContext(page.Http), page.GetService<CatalogWriter>(), page.Cancellation);
        if (answer is { Rejected: 0, DryRun: false }) return new PageRedirect(page.Scope.LinkTo($"/catalog/{kind.Name}", ("done", $"{page.Scope.FormatNumber(answer.Accepted)} lines were taken.")));
        var shown = CreateKindModel(page, kind, answer, problem?.Detail, lines);
        return answer is { Rejected: 0 } ? new FormCompleted(shown) : shown;
    }

    private static JsonObject ToJson(ICatalogItem item) => JsonSerializer.SerializeToNode(item, item.GetType(), ReportJson.Options)!.AsObject();
}

/// <summary>How many items there are of each kind.</summary>
internal sealed record CatalogOverviewModel(IReadOnlyList<(string Kind, int Count)> Kinds);

/// <summary>A page of a kind's items, and what became of an import.</summary>
internal sealed record CatalogKindModel(CatalogKindInfo Kind, IReadOnlyList<JsonObject> Items, string? Next, ImportAnswer? Import, string? ImportFault, string? Lines);

/// <summary>An item in its form, as stored or as it was typed.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Id">Its id; empty of a new one.</param>
/// <param name="Item">Its members.</param>
/// <param name="ETag">What it was when the form was opened; null of a new one.</param>
internal sealed record CatalogItemModel(CatalogKindInfo Kind, string Id, JsonObject Item, string? ETag)
{
    /// <summary>Whether it is there already.</summary>
    public bool IsStored { get; init; } = ETag is not null;

    /// <summary>What is wrong with it.</summary>
    public IReadOnlyList<CatalogFault> Faults { get; init; } = [];

    /// <summary>Why nothing was written; null where nothing was tried.</summary>
    public string? Message { get; init; }
}
