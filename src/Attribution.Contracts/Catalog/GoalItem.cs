using System.Text.Json.Serialization;

namespace Attribution.Contracts.Catalog;

/// <summary>A goal of a campaign.</summary>
/// <param name="Measure">The measure's name, e.g. <c>net</c>.</param>
/// <param name="Target">The value to reach, in major units if the measure is an amount of money.</param>
public sealed record GoalItem(
    string Measure,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    decimal Target);
