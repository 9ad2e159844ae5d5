using Attribution.Contracts.Catalog;

namespace Attribution.Core.Catalog;

/// <summary>Which items an item names.</summary>
public static class CatalogReferences
{
    /// <summary>The items that must exist for this one to make sense; empty for brands, creators and rates.</summary>
    public static IReadOnlyList<CatalogRef> Of(ICatalogItem item) => item switch
    {
        CampaignItem x => [new(CatalogKind.Brands, x.BrandId)],
        LinkItem x => Placement(x.CampaignId, x.CreatorId),
        CodeItem x => Placement(x.CampaignId, x.CreatorId),
        UtmRuleItem x => Placement(x.CampaignId, x.CreatorId),
        AgreementItem x => Placement(x.CampaignId, x.CreatorId),
        CostItem x => x.CreatorId is null ? [new(CatalogKind.Campaigns, x.CampaignId)] : Placement(x.CampaignId, x.CreatorId),
        MonthlyNetItem x => [new(CatalogKind.Campaigns, x.CampaignId), .. x.Creators.Select(each => new CatalogRef(CatalogKind.Creators, each.CreatorId))],
        _ => [],
    };

    private static CatalogRef[] Placement(string campaign, string creator) => [new(CatalogKind.Campaigns, campaign), new(CatalogKind.Creators, creator)];
}
