using Attribution.Contracts.Catalog;
using Attribution.Core.Identity;
using Attribution.Core.Planning;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Reporting.Pages;

/// <summary>Results of a search over creators, campaigns, codes, links and orders of a brand.</summary>
/// <param name="Text">The text; empty without one.</param>
/// <param name="Groups">The results by kind, without kinds that have none.</param>
internal sealed record SearchModel(string Text, IReadOnlyList<SearchGroup> Groups)
{
    private const int MaxResults = 20;

    /// <summary>
    /// Searches names, ids and texts of the catalog for the text, in any case. Orders, sign-ups and leads are found by their
    /// whole id. Items of other brands are not found; creators belong to all brands.
    /// </summary>
    public static async Task<object> ReadAsync(PageContext page)
    {
        var (scope, catalog, brand) = (page.Scope, page.Scope.Catalog, page.Scope.Brand.Id);
        var text = scope.GetParameter("q")?.Trim() ?? "";
        if (text.Length == 0) return new SearchModel("", []);
        var groups = new List<SearchGroup>
        {
            new("Orders, sign-ups and leads", await FindConversionsAsync(page, text), 0),
            Create("Creators", catalog.Items<CreatorItem>()
                .Where(item => Matches(item.Id, item.Name, item.Niche) || item.Handles?.Any(handle => Matches(handle.Handle)) == true)
                .Select(item => new SearchResult(item.Name, item.Id, scope.LinkTo($"/creators/{item.Id}")))),
            Create("Campaigns", catalog.Items<CampaignItem>().Where(item => item.BrandId == brand && Matches(item.Id, item.Name))
                .Select(item => new SearchResult(item.Name, item.Id, scope.LinkTo($"/campaigns/{item.Id}")))),
            Create("Codes", catalog.Items<CodeItem>().Where(item => IsOfBrand(item.CampaignId) && Matches(item.Id, item.Code))
                .Select(item => new SearchResult(
                    item.Code, $"{scope.GetCreatorName(item.CreatorId)}, {scope.GetCampaignName(item.CampaignId)}",
                    scope.LinkTo("/catalog/codes/item", ("id", item.Id))))),
            Create("Links", catalog.Items<LinkItem>().Where(item => IsOfBrand(item.CampaignId) && Matches(item.Id, item.Slug, item.Destination))
                .Select(item => new SearchResult(
                    item.Slug, $"{scope.GetCreatorName(item.CreatorId)}, {scope.GetCampaignName(item.CampaignId)}",
                    scope.LinkTo("/catalog/links/item", ("id", item.Id))))),
        };
        return new SearchModel(text, [.. groups.Where(group => group.Results.Count > 0)]);

        bool IsOfBrand(string campaign) => catalog.FindCampaign(campaign)?.Brand == brand;

        bool Matches(params ReadOnlySpan<string?> values)
        {
            foreach (var value in values)
                if (value?.Contains(text, StringComparison.CurrentCultureIgnoreCase) == true) return true;
            return false;
        }

        SearchGroup Create(string name, IEnumerable<SearchResult> found)
        {
            // What equals the text or begins with it comes first.
            var results = found
                .OrderByDescending(result => result.Name.Equals(text, StringComparison.OrdinalIgnoreCase))
                .ThenByDescending(result => result.Name.StartsWith(text, StringComparison.CurrentCultureIgnoreCase))
                .ThenBy(result => result.Name, StringComparer.CurrentCultureIgnoreCase).ThenBy(result => result.Url, StringComparer.Ordinal).ToList();
            return new(name, [.. results.Take(MaxResults)], Math.Max(0, results.Count - MaxResults));
        }
    }

    private static async Task<IReadOnlyList<SearchResult>> FindConversionsAsync(PageContext page, string id)
    {
        foreach (var key in new[] { IdentityRules.OrderAlias(id), IdentityRules.NonOrderAlias(id) })
        {
            var stored = await page.GetService<IJourneyStore>().FindByAliasAsync(new AliasKey(page.Scope.Brand.Id, key), page.Cancellation);
            if (stored?.Journey.Conversions.FirstOrDefault(known => known.Key == key) is { } found)
                return [new(id, page.Scope.Format.Day(found.Day), page.Scope.LinkToOrder(id))];
        }

        return [];
    }
}

/// <summary>Results of one kind.</summary>
/// <param name="Name">The name of the kind.</param>
/// <param name="Results">The first results.</param>
/// <param name="More">The number of further results.</param>
internal sealed record SearchGroup(string Name, IReadOnlyList<SearchResult> Results, int More);

/// <summary>A result of a search.</summary>
/// <param name="Name">The name.</param>
/// <param name="About">Details that distinguish it from others of the same name.</param>
/// <param name="Url">The address of its page.</param>
internal sealed record SearchResult(string Name, string About, string Url);
