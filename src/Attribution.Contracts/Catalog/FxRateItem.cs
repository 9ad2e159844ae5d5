using System.Text.Json.Serialization;

namespace Attribution.Contracts.Catalog;

/// <summary>
/// An exchange rate of a day: one unit of <paramref name="From"/> equals <paramref name="Rate"/> units of
/// <paramref name="To"/>.
/// </summary>
/// <param name="Id">The rate's id.</param>
/// <param name="On">
/// Local day of the rate. Later days without a rate use it too, up to the maximum age set by the brand.
/// </param>
/// <param name="From">ISO 4217.</param>
/// <param name="To">ISO 4217.</param>
/// <param name="Rate">From 0.000000001 to 1000000000.</param>
public sealed record FxRateItem(
    string Id, DateOnly On, string From, string To,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal Rate) : ICatalogItem;
