using System.Collections.Immutable;
using Attribution.Core.Crediting;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>
/// The first order of a customer that a journey remembers because the order itself was archived to another journey.
/// </summary>
/// <param name="CustomerKey">The customer key.</param>
/// <param name="At">The order's time.</param>
/// <param name="Conversion">The order's key.</param>
public sealed record FirstOrder(string CustomerKey, Timestamp At, string Conversion)
{
    /// <summary>Returns true if the order was placed before another conversion; of one time, the key decides.</summary>
    internal bool Precedes(Timestamp at, string conversion) =>
        At < at || (At == at && string.CompareOrdinal(Conversion, conversion) < 0);
}

/// <summary>The first orders that journeys remember. Pure.</summary>
internal static class FirstOrders
{
    /// <summary>Returns the earliest order of each customer, by customer key.</summary>
    public static ImmutableArray<FirstOrder> Earliest(IEnumerable<FirstOrder> orders)
    {
        var first = new SortedDictionary<string, FirstOrder>(StringComparer.Ordinal);
        foreach (var order in orders)
            if (!first.TryGetValue(order.CustomerKey, out var known) || order.Precedes(known.At, known.Conversion))
                first[order.CustomerKey] = order;
        return [.. first.Values];
    }

    /// <summary>
    /// Returns what the remaining part of a journey must remember of the archived one: the first orders that the journey
    /// remembers, and those that the archived part takes with it.
    /// </summary>
    /// <param name="journey">The evaluated journey before it is divided.</param>
    /// <param name="leaves">Selects the conversions of the other part by key.</param>
    public static ImmutableArray<FirstOrder> Remember(Journey journey, Func<string, bool> leaves)
    {
        var canceled = journey.Conversions.Where(known => known.IsCanceled).Select(known => known.Key)
            .ToHashSet(StringComparer.Ordinal);
        return Earliest(journey.FirstOrders.Concat(
            from reports in CustomerReports.FromJourney(journey)
            where reports.IsOrder && leaves(reports.Conversion) && !canceled.Contains(reports.Conversion)
            from customer in reports.CustomerKeys
            select new FirstOrder(customer, reports.At, reports.Conversion)));
    }

    /// <summary>
    /// Returns what the archived part of a journey must remember of the remaining one: the first orders that precede one
    /// of its own. Nothing later changes its conversions.
    /// </summary>
    /// <param name="journey">The evaluated journey before it is divided.</param>
    /// <param name="stays">Selects the conversions of the remaining part by key.</param>
    /// <param name="archived">The archived part.</param>
    public static ImmutableArray<FirstOrder> Remember(Journey journey, Func<string, bool> stays, Journey archived)
    {
        var own = CustomerReports.FromJourney(archived).ToList();
        return
        [
            .. Remember(journey, stays).Where(first => own.Exists(reports =>
                reports.CustomerKeys.Contains(first.CustomerKey) && first.Precedes(reports.At, reports.Conversion))),
        ];
    }
}
