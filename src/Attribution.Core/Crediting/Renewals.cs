using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Payouts;

namespace Attribution.Core.Crediting;

/// <summary>
/// The renewals of subscriptions: orders that are reported as such, and later payments of an order. A renewal is credited
/// as the subscription's first order if an agreement with one of that order's creators pays for it. Without such an
/// agreement an order remains an order like any other, and a payment does not count. Pure.
/// </summary>
internal static class Renewals
{
    /// <summary>Returns true if a journey may contain renewals.</summary>
    public static bool MayOccur(Journey journey)
    {
        foreach (var payment in journey.ReportedPayments)
            if (payment.Currency is not null) return true;
        foreach (var reported in journey.ReportedConversions)
            if (reported.IsRenewal == true) return true;
        return false;
    }

    /// <summary>Returns true for the key of a conversion that is a renewal.</summary>
    public static bool IsRenewal(Journey journey, OrderPayments? payments, string key) =>
        payments?.IsPayment(key) == true
        || journey.ReportedConversions.Any(reported => reported.IsRenewal == true && IdentityRules.ConversionKey(reported) == key);

    /// <summary>
    /// Returns the conversions of a journey with the place of each renewal, and with the payments that count as orders of
    /// their own, by key.
    /// </summary>
    /// <param name="conversions">All conversions of the journey, with their customers.</param>
    /// <param name="journey">The journey.</param>
    /// <param name="candidates">The touches that can earn credit.</param>
    /// <param name="brand">The journey's brand.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="splitter">Splits the first orders.</param>
    public static IReadOnlyCollection<ConversionFacts> Resolve(
        IEnumerable<ConversionFacts> conversions, Journey journey, CandidateTouches candidates, BrandSettings brand,
        CatalogSnapshot catalog, CreditSplitter splitter)
    {
        var resolved = new SortedDictionary<string, ConversionFacts>(StringComparer.Ordinal);
        foreach (var conversion in conversions) resolved.Add(conversion.Key, conversion);
        var payments = OrderPayments.FromJourney(journey);
        foreach (var subscription in Group([.. resolved.Values], journey, payments, brand, catalog).ToList())
        {
            var first = subscription.Key.Length > 0 ? resolved[subscription.Key] : null;
            var agreements = first is null ? [] : FindAgreements(first, candidates, brand, catalog, splitter);
            var (number, separate) = (0, new HashSet<string>(StringComparer.Ordinal));
            foreach (var (facts, payment) in subscription.OrderBy(item => item.Facts.At).ThenBy(item => item.Facts.Key, StringComparer.Ordinal))
            {
                var isRenewal = payment?.IsRenewal != false;
                var renewal = facts with { Renewal = new(first, first is null ? 0 : isRenewal ? number + 1 : number, FollowsFirstOrder: true) };
                if (isRenewal && facts.CanceledOn is null) number++;
                if (first is not null && agreements.Any(agreement => agreement.Renewals is not null && Commissions.WithheldFor(agreement, renewal) is null))
                {
                    resolved[facts.Key] = renewal;
                    if (payment is not null) separate.Add(payment.PaymentId);
                }
                else if (payment is null)
                    resolved[facts.Key] = renewal with { Renewal = renewal.Renewal with { FollowsFirstOrder = false } };
            }

            if (first is not null && separate.Count > 0)
                resolved[first.Key] = first with
                {
                    Refunds = first.Refunds.RemoveAll(applied =>
                        payments!.Find(applied.Refund.OrderId).Payment is { } paid && separate.Contains(paid.PaymentId)),
                };
        }

        return resolved.Values;
    }

    /// <summary>
    /// Groups the renewals of a journey by the key of their subscription's first order, which is empty if it is not known.
    /// </summary>
    private static ILookup<string, (ConversionFacts Facts, ReportedPayment? Payment)> Group(
        IReadOnlyList<ConversionFacts> conversions, Journey journey, OrderPayments? payments, BrandSettings brand, CatalogSnapshot catalog)
    {
        var items = new List<(string First, ConversionFacts Facts, ReportedPayment? Payment)>();
        foreach (var order in conversions)
        {
            if (order.IsRenewal)
            {
                items.Add((FindFirst(order, conversions, payments)?.Key ?? "", order, null));
                continue;
            }

            if (payments is null || order.Kind != ConversionKind.Order) continue;
            foreach (var payment in payments.PaymentsOf(order.Key[2..]))
                if (payment.PaymentId != order.FirstPayment)
                    items.Add((order.Key, ConversionFacts.FromPayment(payment, order, RefundsOf(payment), brand, catalog), payment));
        }

        return items.ToLookup(item => item.First, item => (item.Facts, item.Payment), StringComparer.Ordinal);

        IReadOnlyCollection<ReportedRefund> RefundsOf(ReportedPayment payment) =>
            [.. journey.ReportedRefunds.Where(refund => ReferenceEquals(payments!.Find(refund.OrderId).Payment, payment))];
    }

    /// <summary>
    /// Returns the first order of a renewal's subscription: the order that the subscription's id is linked to, otherwise
    /// the earliest order of the subscription that is no renewal; null if there is none.
    /// </summary>
    private static ConversionFacts? FindFirst(
        ConversionFacts renewal, IReadOnlyList<ConversionFacts> conversions, OrderPayments? payments)
    {
        if (renewal.SubscriptionId is not { } subscription) return null;
        var linked = OrderPayments.OrderAlias(payments, subscription);
        return conversions.Where(order => !order.IsRenewal && (order.Key == linked || order.SubscriptionId == subscription))
            .OrderBy(order => order.Key != linked).ThenBy(order => order.At).ThenBy(order => order.Key, StringComparer.Ordinal)
            .FirstOrDefault();
    }

    /// <summary>Returns the agreements with the creators who are credited for an order.</summary>
    private static ImmutableArray<Agreement> FindAgreements(
        ConversionFacts order, CandidateTouches candidates, BrandSettings brand, CatalogSnapshot catalog, CreditSplitter splitter)
    {
        var evaluation = ConversionEvaluation.Create(order, candidates, brand, catalog);
        return
        [
            .. splitter.Split(evaluation).Where(credit => credit.Models.Contains(evaluation.Terms.BookModel))
                .Select(credit => catalog.AgreementOn(credit.Placement, order.Day)).OfType<Agreement>(),
        ];
    }
}
