using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Api;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The days, brand, campaign and creator that a question is about, checked against the catalog.</summary>
/// <param name="Brand">The brand; <c>default</c> where none was named.</param>
/// <param name="From">First local day, inside.</param>
/// <param name="To">Last local day, inside.</param>
/// <param name="Campaign">This campaign only; null: all.</param>
/// <param name="Creator">This creator only; null: all.</param>
internal sealed record QueryScope(BrandSettings Brand, DateOnly From, DateOnly To, string? Campaign, string? Creator)
{
    /// <summary>Most days of one question: three years.</summary>
    public const int MaxDays = 1_096;

    /// <summary>Reads the parameters. Exactly one of the answers is not null.</summary>
    public static (QueryScope? Scope, IResult? Fault) Parse(IQueryCollection query, CatalogSnapshot catalog)
    {
        if (!Rfc3339.TryParseDay(Text("from"), out var from)) return BadParameter("from", "Is needed: the first local day, inside, such as 2026-03-01");
        if (!Rfc3339.TryParseDay(Text("to"), out var to)) return BadParameter("to", "Is needed: the last local day, inside, such as 2026-03-31");
        if (to < from) return BadParameter("to", $"Lies before from ({from:O})");
        if (to.DayNumber - from.DayNumber >= MaxDays) return BadParameter("to", $"At most {MaxDays} days at once; ask in parts");
        if (to == DateOnly.MaxValue) return BadParameter("to", "No day follows it");

        if (!TryFindBrand(Text("brand"), catalog, out var brand, out var fault)) return (null, fault);
        var campaign = Text("campaign");
        if (campaign is not null && catalog.FindCampaign(campaign) is null) return BadParameter("campaign", DescribeUnknown<CampaignItem>(catalog, "campaign", campaign));
        if (campaign is not null && catalog.FindCampaign(campaign)!.Brand is var owner && owner != brand.Id) return BadParameter("campaign", $"Belongs to the brand '{owner}'; ask with brand={owner}");
        var creator = Text("creator");
        if (creator is not null && !catalog.HasCreator(creator)) return BadParameter("creator", DescribeUnknown<CreatorItem>(catalog, "creator", creator));
        return (new QueryScope(brand, from, to, campaign, creator), null);

        string? Text(string name) => query.TryGetValue(name, out var values) ? values.ToString() : null;
    }

    /// <summary>Finds the brand of a question; <c>default</c> where none is named.</summary>
    public static bool TryFindBrand(string? id, CatalogSnapshot catalog, out BrandSettings brand, out IResult fault)
    {
        id ??= BrandSettings.DefaultId;
        brand = catalog.FindBrand(id)!;
        fault = brand is null ? ApiProblems.BadParameter("brand", DescribeUnknown<BrandItem>(catalog, "brand", id)) : Results.Empty;
        return brand is not null;
    }

    private static (QueryScope?, IResult?) BadParameter(string parameter, string detail) => (null, ApiProblems.BadParameter(parameter, detail));

    private static string DescribeUnknown<TItem>(CatalogSnapshot catalog, string noun, string id) where TItem : ICatalogItem
    {
        var shown = id.Length <= 80 ? id : id[..80] + "…";
        return $"There is no {noun} '{shown}'{(id.Length <= 80 ? SimilarNames.Suggest(id, catalog.Items<TItem>().Select(item => item.Id)) : "")}";
    }
}
