namespace Attribution.Contracts.Catalog;

/// <summary>A tracking link, served at <c>/r/{slug}</c>.</summary>
/// <param name="Id">The link's id.</param>
/// <param name="Slug">The link's name in the URL; unique within the brand.</param>
/// <param name="Destination">Absolute http or https URL that the link redirects to.</param>
/// <param name="CampaignId">Campaign that clicks are attributed to.</param>
/// <param name="CreatorId">Creator that clicks are attributed to.</param>
/// <param name="Platform">Platform on which the link is posted.</param>
/// <param name="PostId">The post that contains the link.</param>
/// <param name="Utm">
/// Parameters added to the destination. A landing that has all of them is a visit of this placement.
/// </param>
/// <param name="ValidFrom">Start (inclusive). Null: no start.</param>
/// <param name="ValidTo">End (exclusive). Null: no end.</param>
/// <param name="Fallback">URL that the link redirects to after <paramref name="ValidTo"/>.</param>
public sealed record LinkItem(
    string Id, string Slug, string Destination, string CampaignId, string CreatorId,
    string? Platform = null, string? PostId = null,
    UtmItem? Utm = null, DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidTo = null,
    string? Fallback = null) : ICatalogItem;
