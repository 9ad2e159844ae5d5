namespace Attribution.Contracts.Catalog;

/// <summary>The creator behind a publisher of a network, whose claims agents state with an order.</summary>
/// <param name="Id">The item's id.</param>
/// <param name="Provider">
/// The network as claims name it, regardless of case, such as <c>impact.com</c>. <c>ref</c>: the parameter <c>ref</c>.
/// </param>
/// <param name="CampaignId">Campaign that claims are credited to.</param>
/// <param name="CreatorId">Creator that claims are credited to.</param>
/// <param name="PublisherId">The network's id of the publisher. At least one of the three ids; all must match.</param>
/// <param name="ProviderCampaignId">The network's id of the campaign.</param>
/// <param name="SubId">The id that the publisher adds.</param>
/// <param name="ValidFrom">Start (inclusive). Null: no start.</param>
/// <param name="ValidTo">End (exclusive). Null: no end.</param>
public sealed record PublisherItem(
    string Id, string Provider, string CampaignId, string CreatorId, string? PublisherId = null,
    string? ProviderCampaignId = null, string? SubId = null,
    DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidTo = null) : ICatalogItem;
