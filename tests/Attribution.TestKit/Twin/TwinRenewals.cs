using System.Globalization;
using System.Numerics;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;

namespace Attribution.TestKit.Twin;

/// <summary>The place of a renewal in its subscription, and whether it is credited as the first order.</summary>
internal sealed record TwinRenewal(TwinConversion? First, int Number, bool Follows);

/// <summary>
/// Follows the other ids of orders, and finds the renewals that agreements pay for: orders reported as renewals, and later
/// payments of an order.
/// </summary>
internal static class TwinRenewals
{
    /// <summary>Returns the order of an id and the payment with amounts nearest to it; null if no order has the id.</summary>
    public static (string? Order, PaymentEvent? Payment) Find(string id, List<TwinEvent> person)
    {
        PaymentEvent? paid = null;
        for (var steps = 0; steps <= person.Count; steps++)
        {
            if (person.Exists(said => said.Body is RedemptionEvent e && e.OrderId == id || said.Body is ConversionEvent { OrderId: { } order } && order == id)) return (id, paid);
            if (Link(id, person) is not { } link) break;
            if (link.Currency is not null) paid ??= link;
            id = link.OrderId;
        }

        return (null, null);
    }

    /// <summary>Returns the payments of an order above 0, oldest first.</summary>
    public static IEnumerable<PaymentEvent> PaymentsOf(string order, List<TwinEvent> person) =>
        from said in person.Order(Comparer<TwinEvent>.Create(TwinEvent.Compare))
        let payment = said.Body as PaymentEvent
        where payment?.Currency is not null && payment.Gross > (payment.Discount ?? 0) && Link(payment.PaymentId, person) == payment
        where Find(payment.PaymentId, person) is var (of, paid) && of == order && paid == payment
        select payment;

    /// <summary>
    /// Returns the conversions with the renewals in their places. A renewal that an agreement of a creator of the first
    /// order pays for follows that order; a payment that none pays for is no conversion.
    /// </summary>
    public static List<TwinConversion> Place(List<TwinConversion> all, List<TwinEvent> person, List<TwinTouch> kept, TwinCatalog catalog)
    {
        var placed = all.Where(conversion => !conversion.IsRenewal).ToList();
        var renewals =
            from conversion in all
            from item in conversion.IsRenewal ? [(FirstOf(conversion, all, person), conversion, true)]
                : !conversion.IsOrder ? []
                : PaymentsOf(conversion.Key[2..], person).Where(payment => payment.PaymentId != conversion.FirstPayment)
                    .Select(payment => (First: (TwinConversion?)conversion, Item: TwinConversions.FromPayment(payment, conversion, person, catalog), Counts: payment.Renewal != false))
            select item;
        foreach (var subscription in renewals.ToList().GroupBy(item => item.Item1?.Key ?? ""))
        {
            var number = 0;
            foreach (var (first, item, counts) in subscription.OrderBy(one => one.Item2.At).ThenBy(one => one.Item2.Key, StringComparer.Ordinal))
            {
                var follows = item with { Renewal = new(first, counts ? number + 1 : number, true) };
                if (counts && !item.Cancelled) number++;
                var agreements = first is null ? [] : Placements(first, kept, catalog).Select(placement => catalog.Agreement(placement, first.Day)).OfType<AgreementItem>();
                if (first is not null && agreements.Any(agreement => agreement.Renewals is not null && TwinMoney.Covers(agreement, follows))) placed.Add(follows);
                else if (item.IsRenewal) placed.Add(item with { Renewal = new(first, first is null ? 0 : follows.Renewal.Number, false) });
            }
        }

        return placed;
    }

    /// <summary>Returns true if an agreement pays for a renewal.</summary>
    public static bool Pays(string? terms, TwinRenewal renewal, DateOnly day)
    {
        if (terms is null) return !renewal.Follows;
        if (terms is "all" or "none") return terms == "all";
        if (renewal.First is not { } first) return false;
        if (!terms.StartsWith('P')) return renewal.Number <= int.Parse(terms, CultureInfo.InvariantCulture);
        var number = int.Parse(terms[1..^1], CultureInfo.InvariantCulture);
        return day < terms[^1] switch
        {
            'Y' => first.Day.AddYears(number),
            'M' => first.Day.AddMonths(number),
            'W' => first.Day.AddDays(7 * number),
            _ => first.Day.AddDays(number),
        };
    }

    private static PaymentEvent? Link(string id, List<TwinEvent> person) =>
        person.Where(said => said.Body is PaymentEvent payment && payment.PaymentId == id).Order(Comparer<TwinEvent>.Create(TwinEvent.Compare))
            .Select(said => (PaymentEvent)said.Body).LastOrDefault();

    private static TwinConversion? FirstOf(TwinConversion renewal, List<TwinConversion> all, List<TwinEvent> person)
    {
        if (renewal.Subscription is not { } subscription) return null;
        var orders = all.FindAll(order => order is { IsOrder: true, IsRenewal: false });
        var linked = "o:" + (Find(subscription, person).Order ?? subscription);
        return orders.Find(order => order.Key == linked)
            ?? orders.Where(order => order.Subscription == subscription).OrderBy(order => order.At).ThenBy(order => order.Key, StringComparer.Ordinal).FirstOrDefault();
    }

    private static IEnumerable<TwinPlacement> Placements(TwinConversion order, List<TwinTouch> kept, TwinCatalog catalog) =>
        TwinCredit.Weigh(order, kept, catalog, catalog.TermsAt(order.Brand, order.At).BookModel)
            .Where(piece => piece.Weight > BigInteger.Zero).Select(piece => piece.Placement).Distinct();
}
