using System.Text.Json.Serialization;

namespace Attribution.Contracts.Catalog;

/// <summary>The gross margin of a product or a category.</summary>
/// <param name="GrossMarginPercent">Percentage of net that remains after the cost of goods, above 0 and at most 100.</param>
/// <param name="Product">The product. Either this or <paramref name="Category"/> is required.</param>
/// <param name="Category">The category.</param>
public sealed record ProductMarginItem(
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal GrossMarginPercent,
    string? Product = null, string? Category = null);
