using System.Text.Json.Serialization;

namespace Attribution.Contracts.Catalog;

/// <summary>A cost of a placement or of a whole campaign.</summary>
/// <param name="Id">The cost's id.</param>
/// <param name="CampaignId">The campaign.</param>
/// <param name="Kind">
/// <c>fee</c>, <c>production</c>, <c>management</c>, <c>gift</c>, <c>shipping</c> or <c>other</c>.
/// </param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Amount">Amount in major units; negative for a credit note.</param>
/// <param name="CreatorId">The creator. Null: the cost belongs to the campaign.</param>
/// <param name="Recognition">
/// <c>on_date</c> (with <paramref name="On"/>) or <c>spread</c> (with <paramref name="From"/> and
/// <paramref name="To"/>, both inclusive).
/// </param>
/// <param name="On">Local day of the cost.</param>
/// <param name="From">First local day of a spread cost (inclusive).</param>
/// <param name="To">Last local day of a spread cost (inclusive).</param>
/// <param name="PostId">The post, if the cost is for a single post. Used only by reports on posts.</param>
public sealed record CostItem(
    string Id, string CampaignId, string Kind, string Currency,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal Amount,
    string? CreatorId = null, string Recognition = "on_date",
    DateOnly? On = null, DateOnly? From = null, DateOnly? To = null, string? PostId = null) : ICatalogItem;
