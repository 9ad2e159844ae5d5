using Attribution.Core.Journeys;

namespace Attribution.Storage.Codecs;

/// <summary>
/// The customers within a stored journey of version 4: the first orders that it remembers, and the conversions whose
/// customer is unknown.
/// </summary>
internal static class CustomerCodec
{
    /// <summary>Returns true if the journey has members that earlier versions cannot contain.</summary>
    public static bool HasCustomers(Journey journey) =>
        !journey.FirstOrders.IsDefaultOrEmpty
        || (!journey.Conversions.IsDefaultOrEmpty && journey.Conversions.Any(IsUnknown));

    /// <summary>Writes what is known of the customers of a journey.</summary>
    public static void WriteCustomers(DocumentWriter to, Journey journey)
    {
        to.WriteList(journey.FirstOrders, WriteFirstOrder);
        to.WriteList(ValueCodec.FindIndexes(journey.Conversions, IsUnknown), (to, index) => to.WriteCount(index));
    }

    /// <summary>Returns the journey with what is known of its customers.</summary>
    public static Journey ReadCustomers(ref DocumentReader from, Journey journey)
    {
        return journey with
        {
            FirstOrders = from.ReadList(ReadFirstOrder),
            Conversions = from.ReadChanges(
                journey.Conversions, "an unknown customer", static (ref _, conversion) => conversion with { IsUnknownCustomer = true }),
        };
    }

    private static bool IsUnknown(Conversion conversion) => conversion.IsUnknownCustomer;

    private static void WriteFirstOrder(DocumentWriter to, FirstOrder order)
    {
        to.WriteSharedText(order.CustomerKey);
        to.WriteTime(order.At);
        to.WriteSharedText(order.Conversion);
    }

    private static FirstOrder ReadFirstOrder(ref DocumentReader from) =>
        new(from.ReadSharedText(), from.ReadTime(), from.ReadSharedText());
}
