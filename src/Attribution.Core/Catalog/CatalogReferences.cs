using Attribution.Contracts.Catalog;

namespace Attribution.Core.Catalog;

/// <summary>The references from catalog items to other items.</summary>
public static class CatalogReferences
{
    /// <summary>
    /// Returns the items that an item requires to exist; empty for brands, creators and exchange rates.
    /// </summary>
    public static IReadOnlyList<CatalogRef> ReferencedBy(ICatalogItem item) => item switch
    {
        CampaignItem x => [new(CatalogKind.Brands, x.BrandId)],
        LinkItem x => PlacementReferences(x.CampaignId, x.CreatorId),
        CodeItem x => PlacementReferences(x.CampaignId, x.CreatorId),
        UtmRuleItem x => PlacementReferences(x.CampaignId, x.CreatorId),
        PublisherItem x => PlacementReferences(x.CampaignId, x.CreatorId),
        AgreementItem x => PlacementReferences(x.CampaignId, x.CreatorId),
        CostItem { CreatorId: null } x => [new(CatalogKind.Campaigns, x.CampaignId)],
        CostItem x => PlacementReferences(x.CampaignId, x.CreatorId),
        MonthlyNetItem x =>
        [
            new(CatalogKind.Campaigns, x.CampaignId),
            .. x.Creators.Select(net => new CatalogRef(CatalogKind.Creators, net.CreatorId)),
        ],
        _ => [],
    };

    private static CatalogRef[] PlacementReferences(string campaign, string creator) =>
        [new(CatalogKind.Campaigns, campaign), new(CatalogKind.Creators, creator)];
}
