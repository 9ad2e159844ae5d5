using System.Collections.Immutable;
using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Customers;

/// <summary>An order that counts, of a customer. Money in minor units of the brand's currency.</summary>
/// <param name="Customer">The customer key; null if the order was reported without one.</param>
/// <param name="Key">The conversion's key.</param>
/// <param name="At">Its time.</param>
/// <param name="Day">Its local day.</param>
/// <param name="Status">The status of the customer.</param>
/// <param name="Net">Gross less discount, before refunds.</param>
/// <param name="RefundDays">The refunds by local day.</param>
/// <param name="Credits">The shares of the book model.</param>
public sealed record CustomerOrder(
    string? Customer, string Key, Timestamp At, DateOnly Day, CustomerStatus Status, long Net, ImmutableArray<DayAmount> RefundDays,
    ImmutableArray<Credit> Credits)
{
    /// <summary>
    /// Returns the orders of a journey that are not canceled, each under the customer key that its first report named. A
    /// later payment of a subscription has the customer of its order.
    /// </summary>
    public static IEnumerable<CustomerOrder> FromJourney(Journey journey)
    {
        if (journey.Conversions.IsDefaultOrEmpty) yield break;
        Dictionary<string, string?>? customers = null;
        OrderPayments? payments = null;
        foreach (var order in journey.Conversions)
        {
            if (order is not { Kind: ConversionKind.Order, IsCanceled: false }) continue;
            if (customers is null)
            {
                customers = CustomerReports.FromJourney(journey)
                    .ToDictionary(reports => reports.Conversion, reports => reports.CustomerKeys is [var first, ..] ? first : null, StringComparer.Ordinal);
                payments = OrderPayments.FromJourney(journey);
            }

            if (!customers.TryGetValue(order.Key, out var customer)
                && payments?.Find(order.Key[IdentityRules.OrderAlias("").Length..]).OrderId is { } paid)
                customer = customers.GetValueOrDefault(IdentityRules.OrderAlias(paid));
            yield return new(
                customer, order.Key, order.At, order.Day, order.Customer, order.Gross - order.Discount, order.RefundDays,
                [.. order.BookCredits.Where(credit => credit.Micros > 0)]);
        }
    }
}
