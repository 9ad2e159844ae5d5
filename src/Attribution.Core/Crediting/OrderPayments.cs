using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;

namespace Attribution.Core.Crediting;

/// <summary>
/// The orders of a journey under all their ids. Refunds name an order by its id, or by that of a payment, invoice or
/// subscription that a <see cref="ReportedPayment"/> links to it, directly or through further links.
/// </summary>
internal sealed class OrderPayments
{
    private readonly Dictionary<string, ReportedPayment> links = new(StringComparer.Ordinal);
    private readonly HashSet<string> orders;

    private OrderPayments(Journey journey)
    {
        orders = journey.ReportedConversions.Where(reported => reported.Kind == ConversionKind.Order)
            .Select(reported => reported.ConversionId).ToHashSet(StringComparer.Ordinal);
        foreach (var payment in journey.ReportedPayments) links[payment.PaymentId] = payment;
    }

    /// <summary>Returns the orders of a journey; null if it links no ids, so that each refund names its order.</summary>
    public static OrderPayments? FromJourney(Journey journey) =>
        journey.ReportedPayments.IsDefaultOrEmpty ? null : new OrderPayments(journey);

    /// <summary>Returns the alias of the order that an id belongs to: the id's own if it is not linked.</summary>
    public static string OrderAlias(OrderPayments? payments, string id) =>
        IdentityRules.OrderAlias(payments?.Find(id).OrderId ?? id);

    /// <summary>
    /// Returns the order that an id belongs to, and the payment with amounts on the way to it. An id that is an order's
    /// own is not followed further. Both are null if the order was not reported.
    /// </summary>
    public (string? OrderId, ReportedPayment? Payment) Find(string id)
    {
        ReportedPayment? paid = null;
        // A cycle of links leads to no order.
        for (var steps = 0; steps <= links.Count; steps++)
        {
            if (orders.Contains(id)) return (id, paid);
            if (!links.TryGetValue(id, out var link)) return (null, null);
            if (link.Currency is not null) paid ??= link;
            id = link.OrderId;
        }

        return (null, null);
    }

    /// <summary>Returns true for the key of a payment with amounts that is not an order itself.</summary>
    public bool IsPayment(string key) =>
        IdentityRules.IsOrderKey(key) && !orders.Contains(key[2..]) && links.TryGetValue(key[2..], out var link) && link.Currency is not null;

    /// <summary>
    /// Returns the alias of the conversion that an id belongs to: of a payment that counts as an order of its own,
    /// otherwise of the order.
    /// </summary>
    /// <param name="payments">The linked ids; null if there are none.</param>
    /// <param name="id">An id of the order or of a payment.</param>
    /// <param name="isConversion">Returns true for the key of a conversion.</param>
    public static string ConversionAlias(OrderPayments? payments, string id, Func<string, bool> isConversion) =>
        payments?.Find(id).Payment is { } paid && IdentityRules.OrderAlias(paid.PaymentId) is var key && isConversion(key)
            ? key : OrderAlias(payments, id);

    /// <summary>Returns the payments of an order that have a net above 0, ordered by (time, source, id).</summary>
    public IEnumerable<ReportedPayment> PaymentsOf(string orderId) =>
        links.Values.Where(payment =>
            payment.Currency is not null && payment.Gross > payment.Discount
            && Find(payment.PaymentId) is var (order, paid) && order == orderId && ReferenceEquals(paid, payment)).InEventOrder();
}
