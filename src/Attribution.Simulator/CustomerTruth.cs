namespace Attribution.Simulator;

/// <summary>A new customer as the simulator knows them. Money in minor units.</summary>
/// <param name="FirstOrder">Id of the order with which the customer was new.</param>
/// <param name="Worth">The orders, their net and refunds within each time after the first order.</param>
public sealed record CustomerTruth(string FirstOrder, IReadOnlyList<(int Orders, long Net, long Refunds)> Worth)
{
    /// <summary>Returns the new customers of a market, by the id of their first order.</summary>
    /// <param name="market">The market.</param>
    /// <param name="ages">Times after the first order, in local days; 1 for only its day.</param>
    public static IReadOnlyList<CustomerTruth> FromMarket(Market market, IReadOnlyList<int> ages) =>
    [
        .. market.People.SelectMany(person => person.Conversions)
            .Where(order => order.Kind == "order" && !order.Refunds.Exists(refund => refund.Kind == "cancel"))
            .OrderBy(order => order.At).ThenBy(order => order.Id, StringComparer.Ordinal)
            .GroupBy(order => order.CustomerKey ?? "order " + order.Id, StringComparer.Ordinal)
            .Select(own => own.SkipWhile(order => order.IsNewCustomer != true).ToList()).Where(own => own.Count > 0)
            .Select(own => new CustomerTruth(own[0].Id, [.. ages.Select(days => FindWorth(market, own, days))]))
            .OrderBy(customer => customer.FirstOrder, StringComparer.Ordinal),
    ];

    private static (int Orders, long Net, long Refunds) FindWorth(Market market, List<ConversionFact> own, int days)
    {
        var end = market.LocalDays.DayOf(own[0].At).AddDays(days);
        var (count, net, refunds) = (0, 0L, 0L);
        foreach (var order in own.Where(order => market.LocalDays.DayOf(order.At) < end))
        {
            var left = order.Gross - order.Discount;
            (count, net) = (count + 1, net + left);
            foreach (var refund in order.Refunds.OrderBy(refund => refund.At))
            {
                var taken = Math.Min(left, refund.Amount!.Value);
                left -= taken;
                if (market.LocalDays.DayOf(refund.At) < end) refunds += taken;
            }
        }

        return (count, net, refunds);
    }
}
