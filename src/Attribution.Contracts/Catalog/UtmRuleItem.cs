namespace Attribution.Contracts.Catalog;

/// <summary>A rule that determines the placement of a landing by its UTM parameters.</summary>
/// <param name="Id">The rule's id.</param>
/// <param name="Match">At least one parameter. All must match.</param>
/// <param name="CampaignId">Campaign that visits are credited to.</param>
/// <param name="CreatorId">Creator that visits are credited to.</param>
/// <param name="ValidFrom">Start (inclusive). Null: no start.</param>
/// <param name="ValidTo">End (exclusive). Null: no end.</param>
public sealed record UtmRuleItem(
    string Id, UtmItem Match, string CampaignId, string CreatorId,
    DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidTo = null) : ICatalogItem;
