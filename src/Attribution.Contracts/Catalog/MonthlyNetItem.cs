namespace Attribution.Contracts.Catalog;

/// <summary>
/// The net of each creator in a month of a campaign, as of the time it was fixed. If the campaign shares costs
/// <c>by_net</c>, the costs of days in that month are shared in this proportion. The host writes the item in the night
/// after the month has closed; later changes to orders do not affect it.
/// </summary>
/// <param name="Id">Campaign and month: <c>spring.2026-03</c>. Up to 72 characters.</param>
/// <param name="CampaignId">The campaign.</param>
/// <param name="Month">A month of the brand's calendar: <c>2026-03</c>.</param>
/// <param name="Creators">
/// The creators who share the costs: each at most once, at most 10,000. Creators whose net is not above 0 bear nothing;
/// if no creator has a net above 0, all bear equal parts. Empty: the costs of the month remain with the campaign.
/// </param>
public sealed record MonthlyNetItem(
    string Id, string CampaignId, string Month,
    IReadOnlyList<CreatorNetItem> Creators) : ICatalogItem;
