using Attribution.Core.Catalog;
using Attribution.Core.Journeys;

namespace Attribution.Core.Crediting;

/// <summary>
/// The orders of the customers of a journey. A conversion's customer is new by the shop's word; without one, if no
/// earlier order of the same customer key is known. A canceled order is not counted, so it is no earlier order; a
/// refunded one is. Immutable.
/// </summary>
internal sealed class CustomerHistory
{
    private static readonly KnownCustomer Unknown = new(CustomerStatus.Unknown, false, null);

    private readonly BrandSettings brand;
    private readonly Dictionary<string, CustomerReports> conversions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FirstOrder> firstOrders = new(StringComparer.Ordinal);

    private CustomerHistory(BrandSettings brand) => this.brand = brand;

    /// <summary>Creates the history of a journey's customers.</summary>
    /// <param name="journey">The journey.</param>
    /// <param name="brand">The journey's brand.</param>
    /// <param name="isCanceled">Returns true for the key of an order that was canceled.</param>
    public static CustomerHistory FromJourney(Journey journey, BrandSettings brand, Func<string, bool> isCanceled)
    {
        var history = new CustomerHistory(brand);
        foreach (var reports in CustomerReports.FromJourney(journey)) history.conversions.Add(reports.Conversion, reports);
        // An order that the journey contains says itself whether it counts.
        var remembered = journey.FirstOrders.Where(order => !history.conversions.ContainsKey(order.Conversion));
        var contained =
            from reports in history.conversions.Values
            where reports.IsOrder && reports.CustomerKeys.Count > 0 && !isCanceled(reports.Conversion)
            from customer in reports.CustomerKeys
            select new FirstOrder(customer, reports.At, reports.Conversion);
        foreach (var order in FirstOrders.Earliest(remembered.Concat(contained)))
            history.firstOrders.Add(order.CustomerKey, order);
        return history;
    }

    /// <summary>Returns what is known of the customer of a conversion.</summary>
    /// <param name="conversion">The conversion's key.</param>
    public KnownCustomer CustomerOf(string conversion)
    {
        if (!conversions.TryGetValue(conversion, out var reports)) return Unknown;
        var earlier = EarlierOrder(reports);
        if (reports.IsNew is { } isNew)
            return new(isNew ? CustomerStatus.New : CustomerStatus.Returning, true, earlier?.At);
        if (earlier is not null) return new(CustomerStatus.Returning, false, earlier.At);
        return reports.CustomerKeys.Count > 0 && !reports.IsKeptApart
            && !(brand.Calendar.DayOf(reports.At) < brand.HistoryCompleteSince)
            ? new(CustomerStatus.New, false, null) : Unknown;
    }

    private FirstOrder? EarlierOrder(CustomerReports reports)
    {
        FirstOrder? earliest = null;
        foreach (var customer in reports.CustomerKeys)
            if (firstOrders.TryGetValue(customer, out var first) && first.Precedes(reports.At, reports.Conversion)
                && (earliest is null || first.Precedes(earliest.At, earliest.Conversion)))
                earliest = first;
        return earliest;
    }
}
