using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Journeys;

namespace Attribution.Core.Customers;

/// <summary>The customers of a journey who were known before a creator reached them. Not thread-safe.</summary>
/// <param name="journey">The journey.</param>
/// <param name="brand">The journey's brand.</param>
public sealed class KnownCustomers(Journey journey, BrandSettings brand)
{
    // Most orders are not of returning customers and need none.
    private CustomerHistory? history;

    /// <summary>
    /// Returns true if the customer of an order had ordered before the first touch of a creator; without a touch, before
    /// the order itself. Touches that were evicted do not count.
    /// </summary>
    /// <param name="order">An order of the journey.</param>
    /// <param name="creator">The creator.</param>
    public bool WasKnownBefore(Conversion order, string creator)
    {
        if (order.Customer != CustomerStatus.Returning) return false;
        var reached = order.At;
        foreach (var touch in journey.Touches)
            if (touch.Placement?.Creator == creator && touch.At < reached) reached = touch.At;
        // Only the shop's word: the earlier order is not known, so neither is whether the creator came before it.
        history ??= CustomerHistory.FromJourney(journey, brand, key => journey.Conversions.Any(known => known.Key == key && known.IsCanceled));
        return history.CustomerOf(order.Key).EarlierOrderAt is { } earlier && earlier < order.At ? earlier < reached : reached == order.At;
    }
}
