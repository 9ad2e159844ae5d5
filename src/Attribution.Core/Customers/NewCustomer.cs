using Attribution.Core.Crediting;

namespace Attribution.Core.Customers;

/// <summary>A customer with the first order and all orders since. Immutable.</summary>
public sealed class NewCustomer
{
    private readonly IReadOnlyList<CustomerOrder> orders;

    private NewCustomer(IReadOnlyList<CustomerOrder> orders) => this.orders = orders;

    /// <summary>Gets the order with which the customer was new.</summary>
    public CustomerOrder First => orders[0];

    /// <summary>
    /// Returns the new customers among the orders of a brand. An order without customer key is the only one of its customer.
    /// </summary>
    /// <param name="orders">All orders of the brand, in any order.</param>
    public static IEnumerable<NewCustomer> FromOrders(IEnumerable<CustomerOrder> orders)
    {
        var byCustomer = new Dictionary<string, List<CustomerOrder>>(StringComparer.Ordinal);
        foreach (var order in orders)
        {
            if (order.Customer is null)
            {
                if (order.Status == CustomerStatus.New) yield return new([order]);
                continue;
            }

            if (!byCustomer.TryGetValue(order.Customer, out var own)) byCustomer.Add(order.Customer, own = []);
            own.Add(order);
        }

        foreach (var own in byCustomer.Values)
        {
            own.Sort((a, b) => a.At != b.At ? a.At.CompareTo(b.At) : string.CompareOrdinal(a.Key, b.Key));
            var first = own.FindIndex(order => order.Status == CustomerStatus.New);
            if (first >= 0) yield return new(own[first..]);
        }
    }

    /// <summary>Returns what the customer ordered within a time, which begins with the local day of the first order.</summary>
    /// <param name="days">Number of local days; 1 for only the day of the first order.</param>
    public CustomerWorth GetWorth(int days)
    {
        var end = First.Day.AddDays(days);
        var (count, net, refunds) = (0, 0L, 0L);
        foreach (var order in orders)
        {
            if (order.Day >= end) continue;
            count++;
            net += order.Net;
            foreach (var refund in order.RefundDays)
                if (refund.Day < end) refunds += refund.Amount;
        }

        return new(count, net, refunds);
    }

    /// <summary>Returns the days, counted from that of the first order, on which the customer's net changes, with the change.</summary>
    public IEnumerable<(int Day, long Change)> GetChanges() =>
        from order in orders
        from change in order.RefundDays.Select(refund => (refund.Day, -refund.Amount)).Prepend((order.Day, order.Net))
        select (change.Item1.DayNumber - First.Day.DayNumber, change.Item2);

    /// <summary>Returns true if a time after the first order has passed.</summary>
    /// <param name="days">Number of local days, that of the first order included.</param>
    /// <param name="today">The brand's local day, which has not passed.</param>
    public bool IsComplete(int days, DateOnly today) => First.Day.AddDays(days) <= today;
}

/// <summary>The orders of a customer within a time. Money in minor units.</summary>
/// <param name="Orders">Number of orders.</param>
/// <param name="Net">Gross less discount.</param>
/// <param name="Refunds">Refunds until the end of that time.</param>
public readonly record struct CustomerWorth(int Orders, long Net, long Refunds)
{
    /// <summary>Gets the net after refunds.</summary>
    public long Left => Net - Refunds;
}
