using System.Text.Json.Serialization;

namespace Attribution.Contracts.Catalog;

/// <summary>The commission per conversion.</summary>
/// <param name="Kind">
/// <c>percent_of_net</c> (requires a rate), <c>fixed_per_conversion</c> (an amount), <c>fixed_per_lead</c> (a lead
/// amount) or <c>hybrid</c> (two or three of these).
/// </param>
/// <param name="Rate">Percentage of the net share, for example 10 for a tenth.</param>
/// <param name="Amount">Sum per full order, in major units of the brand's currency.</param>
/// <param name="LeadAmount">Sum per full sign-up or lead, in major units of the brand's currency.</param>
public sealed record CommissionItem(
    string Kind,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Rate = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Amount = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? LeadAmount = null);
