using System.Text.Json.Serialization;

namespace Attribution.Contracts.Catalog;

/// <summary>A campaign of a brand.</summary>
/// <param name="Id">The campaign's id.</param>
/// <param name="Name">Name shown in reports.</param>
/// <param name="BrandId">The campaign's brand.</param>
/// <param name="StartsOn">First local day (inclusive). Null: no start.</param>
/// <param name="EndsOn">Last local day (inclusive). Null: no end.</param>
/// <param name="Lookback">Lookbacks that override the brand's.</param>
/// <param name="Goals">The campaign's goals.</param>
/// <param name="GrossMarginPercent">
/// Percentage of net that remains after the cost of goods, above 0 and at most 100. Absent: the brand's.
/// </param>
/// <param name="Budget">Total budget, above 0, in major units of the brand's currency.</param>
/// <param name="CostSharing">
/// The rule by which costs of the campaign without a creator are shared among its participating creators.
/// <c>evenly</c>: in equal parts. <c>by_fee</c>: in proportion to their fees, from costs of that kind and from
/// agreements. <c>by_net</c>: month by month in proportion to <c>monthly-nets</c>, which are fixed when a month has
/// closed. Absent: the costs remain with the campaign.
/// </param>
/// <param name="Assistants">
/// Clicks and visits of assistants: <c>credited</c> if they can earn credit, <c>ignored</c> if not. Absent: the brand's.
/// </param>
public sealed record CampaignItem(
    string Id, string Name, string BrandId = "default", DateOnly? StartsOn = null, DateOnly? EndsOn = null,
    LookbackItem? Lookback = null, IReadOnlyList<GoalItem>? Goals = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? GrossMarginPercent = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Budget = null,
    string? CostSharing = null, string? Assistants = null) : ICatalogItem;
