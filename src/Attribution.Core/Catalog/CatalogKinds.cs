using System.Collections.Frozen;
using Attribution.Contracts.Catalog;

namespace Attribution.Core.Catalog;

/// <summary>
/// A table of the kinds of catalog items with their wire names and record types, for endpoints, imports and the command
/// line.
/// </summary>
public static class CatalogKinds
{
    /// <summary>
    /// All kinds, in the order of their references: items refer only to items of earlier kinds. Writing kind by kind in
    /// this order never causes an unknown reference.
    /// </summary>
    public static readonly IReadOnlyList<CatalogKindInfo> All =
    [
        new(CatalogKind.Brands, "brands", typeof(BrandItem)),
        new(CatalogKind.Creators, "creators", typeof(CreatorItem)),
        new(CatalogKind.Campaigns, "campaigns", typeof(CampaignItem)),
        new(CatalogKind.Links, "links", typeof(LinkItem)),
        new(CatalogKind.Codes, "codes", typeof(CodeItem)),
        new(CatalogKind.UtmRules, "utm-rules", typeof(UtmRuleItem)),
        new(CatalogKind.Agreements, "agreements", typeof(AgreementItem)),
        new(CatalogKind.Costs, "costs", typeof(CostItem)),
        new(CatalogKind.FxRates, "fx-rates", typeof(FxRateItem)),
        new(CatalogKind.MonthlyNets, "monthly-nets", typeof(MonthlyNetItem)),
        new(CatalogKind.Publishers, "publishers", typeof(PublisherItem)),
    ];

    private static readonly FrozenDictionary<Type, CatalogKindInfo> ByType =
        All.ToFrozenDictionary(kind => kind.ItemType);
    private static readonly FrozenDictionary<CatalogKind, CatalogKindInfo> ByKind =
        All.ToFrozenDictionary(kind => kind.Kind);
    private static readonly FrozenDictionary<string, CatalogKindInfo> ByName =
        All.ToFrozenDictionary(kind => kind.Name, StringComparer.Ordinal);

    /// <summary>Returns the kind of an item.</summary>
    public static CatalogKind KindOf(ICatalogItem item) => ByType[item.GetType()].Kind;

    /// <summary>Returns the reference to an item.</summary>
    public static CatalogRef RefOf(ICatalogItem item) => new(KindOf(item), item.Id);

    /// <summary>
    /// Returns the brand that an item belongs to. Null for items that all brands share (creators, exchange rates), and
    /// if the item's campaign is unknown.
    /// </summary>
    public static string? BrandOf(ICatalogItem item, Func<CatalogRef, ICatalogItem?> find)
    {
        return item switch
        {
            BrandItem brand => brand.Id,
            CampaignItem campaign => campaign.BrandId,
            LinkItem link => OfCampaign(link.CampaignId),
            CodeItem code => OfCampaign(code.CampaignId),
            UtmRuleItem rule => OfCampaign(rule.CampaignId),
            AgreementItem agreement => OfCampaign(agreement.CampaignId),
            CostItem cost => OfCampaign(cost.CampaignId),
            MonthlyNetItem net => OfCampaign(net.CampaignId),
            PublisherItem publisher => OfCampaign(publisher.CampaignId),
            CreatorItem or FxRateItem => null,
            _ => throw new ArgumentOutOfRangeException(nameof(item), item.GetType().Name, "Unknown kind of item."),
        };

        string? OfCampaign(string id) => (find(new(CatalogKind.Campaigns, id)) as CampaignItem)?.BrandId;
    }

    /// <summary>Returns the kind's name on the wire.</summary>
    public static string NameOf(CatalogKind kind) => ByKind[kind].Name;

    /// <summary>Finds a kind by its name on the wire (case-sensitive).</summary>
    public static bool TryParse(string name, out CatalogKindInfo kind) => ByName.TryGetValue(name, out kind!);
}

/// <summary>A reference to a catalog item.</summary>
/// <param name="Kind">The item's kind.</param>
/// <param name="Id">The item's id.</param>
public readonly record struct CatalogRef(CatalogKind Kind, string Id)
{
    /// <summary>Returns <c>kind/id</c>, with the kind as on the wire: <c>utm-rules/spring-mia</c>.</summary>
    public override string ToString() => $"{CatalogKinds.NameOf(Kind)}/{Id}";

    /// <summary>Parses the result of <see cref="ToString"/>.</summary>
    /// <exception cref="FormatException">The text is not <c>kind/id</c>, or the kind is unknown.</exception>
    public static CatalogRef Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && CatalogKinds.TryParse(text[..slash], out var kind)
            ? new(kind.Kind, text[(slash + 1)..])
            : throw new FormatException($"'{text}' is not a reference to a catalog item.");
    }
}
