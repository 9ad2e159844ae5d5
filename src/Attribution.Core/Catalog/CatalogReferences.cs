using Attribution.Contracts.Catalog;

namespace Attribution.Core.Catalog;

/// <summary>Which items an item names.</summary>
public static class CatalogReferences
{
    /// <summary>The items that must exist for this one to make sense; empty for brands, creators and rates.</summary>
    public static IReadOnlyList<CatalogRef> ReferencedBy(ICatalogItem item) => item switch
    {
        CampaignItem x => [new(CatalogKind.Brands, x.BrandId)],
        LinkItem x => PlacementReferences(x.CampaignId, x.CreatorId),
        CodeItem x => PlacementReferences(x.CampaignId, x.CreatorId),
        UtmRuleItem x => PlacementReferences(x.CampaignId, x.CreatorId),
        AgreementItem x => PlacementReferences(x.CampaignId, x.CreatorId),
        CostItem x => x.CreatorId is null ? [new(CatalogKind.Campaigns, x.CampaignId)] : PlacementReferences(x.CampaignId, x.CreatorId),
        MonthlyNetItem x => [new(CatalogKind.Campaigns, x.CampaignId), .. x.Creators.Select(each => new CatalogRef(CatalogKind.Creators, each.CreatorId))],
        _ => [],
    };

    private static CatalogRef[] PlacementReferences(string campaign, string creator) => [new(CatalogKind.Campaigns, campaign), new(CatalogKind.Creators, creator)];
}
