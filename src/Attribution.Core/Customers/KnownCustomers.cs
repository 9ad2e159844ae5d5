using Attribution.Core.Crediting;
using Attribution.Core.Journeys;

namespace Attribution.Core.Customers;

/// <summary>The customers of a journey who were known before a creator reached them.</summary>
public static class KnownCustomers
{
    /// <summary>
    /// Returns true if the customer of an order had ordered before the first touch of a creator; without a touch, before
    /// the order itself. Touches that were evicted do not count.
    /// </summary>
    /// <param name="journey">The journey.</param>
    /// <param name="order">One of its orders.</param>
    /// <param name="creator">The creator.</param>
    public static bool WasKnownBefore(Journey journey, Conversion order, string creator)
    {
        if (order.Customer != CustomerStatus.Returning) return false;
        var reached = order.At;
        foreach (var touch in journey.Touches)
            if (touch.Placement?.Creator == creator && touch.At < reached) reached = touch.At;
        var customers = CustomerReports.FromJourney(journey).FirstOrDefault(reports => reports.Conversion == order.Key)?.CustomerKeys ?? [];
        var orders = CustomerOrder.FromJourney(journey).Where(known => known.Customer is { } customer && customers.Contains(customer)).Select(known => known.At)
            .Concat(journey.FirstOrders.Where(known => customers.Contains(known.CustomerKey)).Select(known => known.At))
            .Where(at => at < order.At).ToList();
        // Only the shop's word: the earlier order is not known, so neither is whether the creator came before it.
        return orders.Count == 0 ? reached == order.At : orders.Exists(at => at < reached);
    }
}
