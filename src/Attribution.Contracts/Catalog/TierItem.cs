using System.Text.Json.Serialization;

namespace Attribution.Contracts.Catalog;

/// <summary>A tier of an agreement. Absent values are taken from the commission.</summary>
/// <param name="From">
/// Threshold: net revenue, or a whole number of orders. The tier applies to the part beyond the threshold: with 10
/// orders, the eleventh is the first in the tier.
/// </param>
/// <param name="Rate">Percentage of the net share.</param>
/// <param name="Amount">Sum per full order.</param>
public sealed record TierItem(
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal From,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Rate = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Amount = null);
