using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;

namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>Selection of catalog items for pages.</summary>
internal static class CatalogPageItems
{
    private const int PageSize = 50;
    private const int MaxIdLength = 64;

    /// <summary>Returns the items of a kind that the caller may see and that belong to the brand of the page.</summary>
    public static IEnumerable<ICatalogItem> GetVisible(PageContext page, CatalogKindInfo kind)
    {
        var items = page.Scope.Catalog.Contents.Items;
        return items.Where(item => item.Key.Kind == kind.Kind)
            .Select(item => item.Value)
            .Where(BelongsToBrand);

        bool BelongsToBrand(ICatalogItem item) => kind.Kind == CatalogKind.Brands
            || (CatalogKinds.BrandOf(item, items.GetValueOrDefault) ?? page.Scope.Brand.Id) == page.Scope.Brand.Id;
    }

    /// <summary>Returns an item that the caller may see; null if there is none with this id.</summary>
    public static ICatalogItem? Find(PageContext page, CatalogKindInfo kind, string id) =>
        page.Scope.Catalog.Contents.Items.GetValueOrDefault(new(kind.Kind, id));

    /// <summary>Returns the page of items that the address requests by <c>q</c> and <c>after</c>.</summary>
    public static CatalogKindModel CreateKindModel(PageContext page, CatalogKindInfo kind)
    {
        var (text, after) = (page.Scope.GetParameter("q"), page.Scope.GetParameter("after") ?? "");
        var found = GetVisible(page, kind)
            .OrderBy(item => item.Id, StringComparer.Ordinal)
            .Where(item => string.CompareOrdinal(item.Id, after) > 0)
            .Select(ToJson)
            .Where(item => text is null || Contains(item, text))
            .Take(PageSize + 1)
            .ToList();
        var next = found.Count > PageSize ? found[PageSize - 1]["id"]!.ToString() : null;
        return new CatalogKindModel(kind, [.. found.Take(PageSize)], next);
    }

    /// <summary>Returns a new item: empty, or with the unmatched name that the address assigns.</summary>
    public static JsonObject CreateBlank(PageContext page, CatalogKindInfo kind)
    {
        var item = new JsonObject();
        if (kind.Kind == CatalogKind.Campaigns) item["brandId"] = page.Scope.Brand.Id;
        if (page.Scope.GetParameter("assign") is not { } name) return item;
        item["id"] = CreateId(name);
        if (kind.Kind == CatalogKind.Codes) item["code"] = name;
        if (kind.Kind == CatalogKind.Links) item["slug"] = name;
        if (kind.Kind == CatalogKind.UtmRules) item["match"] = ParseUtmName(name);
        if (kind.Kind == CatalogKind.Publishers) AddPublisherName(item, name);
        return item;
    }

    /// <summary>Returns true if an unmatched claim is assigned by a publisher, false if by a UTM rule.</summary>
    public static bool IsPublisherName(string name) => RefOf(name) is not null || !name.Contains('=', StringComparison.Ordinal);

    /// <summary>Adds the members of an unmatched claim, for example <c>impact.com//camp_7</c> or <c>ref=mia</c>.</summary>
    private static void AddPublisherName(JsonObject item, string name)
    {
        string[] members = ["provider", "publisherId", "providerCampaignId", "subId"];
        string[] values = RefOf(name) is { } reference ? ["ref", reference] : name.Split('/', members.Length);
        foreach (var (member, value) in members.Zip(values))
            if (value.Length > 0)
                item[member] = value;
    }

    private static string? RefOf(string name) =>
        $"&{name}".LastIndexOf("&ref=", StringComparison.Ordinal) is >= 0 and var at ? name[(at + "ref=".Length)..] : null;

    /// <summary>Converts an item to its JSON members.</summary>
    public static JsonObject ToJson(ICatalogItem item) =>
        JsonSerializer.SerializeToNode(item, item.GetType(), ReportJson.Options)!.AsObject();

    private static bool Contains(JsonObject item, string text) => item.Any(member =>
        member.Value is JsonValue value && value.ToString().Contains(text, StringComparison.OrdinalIgnoreCase));

    /// <summary>Parses an unmatched set of UTM parameters, for example <c>source=ig&amp;content=mia</c>.</summary>
    private static JsonObject ParseUtmName(string name)
    {
        var parameters = name.Split('&')
            .Select(part => part.Split('=', 2))
            .Where(part => part.Length == 2)
            .DistinctBy(part => part[0]);
        return new JsonObject(parameters.Select(part => KeyValuePair.Create(part[0], (JsonNode?)part[1])));
    }

    /// <summary>Proposes the id of an item with a name.</summary>
    public static string CreateId(string name)
    {
        var letters = name.Normalize(NormalizationForm.FormD).Where(c => char.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark);
        var characters = letters.Select(char.ToLowerInvariant).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : '-');
        var id = new string([.. characters]).Trim('-');
        return id.Length <= MaxIdLength ? id : id[..MaxIdLength];
    }
}
