using Attribution.Contracts.Catalog;

namespace Attribution.Simulator;

/// <summary>The generated catalog.</summary>
internal sealed class MarketCatalog
{
    public required BrandItem Brand { get; init; }

    public required IReadOnlyList<CreatorItem> Creators { get; init; }

    public required IReadOnlyList<CampaignItem> Campaigns { get; init; }

    public required IReadOnlyList<LinkItem> Links { get; init; }

    public required IReadOnlyList<CodeItem> Codes { get; init; }

    public required IReadOnlyList<UtmRuleItem> Rules { get; init; }

    /// <summary>Gets the publishers of networks, whose claims agents state.</summary>
    public IReadOnlyList<PublisherItem> Publishers { get; init; } = [];

    public required IReadOnlyList<AgreementItem> Agreements { get; init; }

    public required IReadOnlyList<CostItem> Costs { get; init; }

    /// <summary>Gets landings whose placement is known because they were generated for it.</summary>
    public required IReadOnlyList<LandingFact> Landings { get; init; }

    /// <summary>Returns the placement that a code belongs to at an instant; null if there is none.</summary>
    public SimulatedPlacement? PlacementOfCode(string code, DateTimeOffset at) => Codes
        .Where(item => item.Code == code && (item.ValidFrom is null || item.ValidFrom <= at) && (item.ValidTo is null || at < item.ValidTo))
        .Select(item => new SimulatedPlacement(item.CampaignId, item.CreatorId))
        .SingleOrDefault();
}
