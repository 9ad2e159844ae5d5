using System.Text.Json.Serialization;

namespace Attribution.Contracts.Catalog;

/// <summary>A creator's net in a month of a campaign.</summary>
/// <param name="CreatorId">The creator.</param>
/// <param name="Net">
/// Net under the book model, in major units of the brand's currency. Below 0 if refunds exceed sales.
/// </param>
public sealed record CreatorNetItem(
    string CreatorId,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal Net);
