using System.Text.Json.Serialization;

namespace Attribution.Contracts.Catalog;

/// <summary>A credit policy by name.</summary>
/// <param name="Name">The name of a policy.</param>
/// <param name="CodeShare">
/// Share of the codes under <c>split</c>, above 0 and below 1. Null for all other policies.
/// </param>
public sealed record PolicyItem(
    string Name,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? CodeShare = null);
