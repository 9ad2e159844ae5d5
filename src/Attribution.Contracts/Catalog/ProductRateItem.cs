using System.Text.Json.Serialization;

namespace Attribution.Contracts.Catalog;

/// <summary>The rate of an agreement for a product or a category.</summary>
/// <param name="Rate">Percentage of the net share of the lines.</param>
/// <param name="Product">The product. Either this or <paramref name="Category"/> is required.</param>
/// <param name="Category">The category.</param>
public sealed record ProductRateItem(
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal Rate,
    string? Product = null, string? Category = null);
