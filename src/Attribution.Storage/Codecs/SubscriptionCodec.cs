using Attribution.Core.Events;
using Attribution.Core.Journeys;

namespace Attribution.Storage.Codecs;

/// <summary>
/// The subscriptions within a stored journey of version 8: the orders that begin or renew one, and the payments that
/// renew none.
/// </summary>
internal static class SubscriptionCodec
{
    /// <summary>Returns true if the journey has members that earlier versions cannot contain.</summary>
    public static bool HasSubscriptions(Journey journey) =>
        (!journey.ReportedConversions.IsDefaultOrEmpty && journey.ReportedConversions.Any(IsOfSubscription))
        || (!journey.ReportedPayments.IsDefaultOrEmpty && journey.ReportedPayments.Any(IsBetweenRenewals));

    /// <summary>Writes the subscriptions of a journey.</summary>
    public static void WriteSubscriptions(DocumentWriter to, Journey journey)
    {
        to.WriteList(ValueCodec.FindIndexes(journey.ReportedConversions, IsOfSubscription), (to, index) =>
        {
            to.WriteCount(index);
            to.WriteSharedText(journey.ReportedConversions[index].SubscriptionId);
            to.WriteFlag(journey.ReportedConversions[index].IsRenewal);
        });
        to.WriteList(ValueCodec.FindIndexes(journey.ReportedPayments, IsBetweenRenewals), (to, index) => to.WriteCount(index));
    }

    /// <summary>Returns the journey with its subscriptions.</summary>
    public static Journey ReadSubscriptions(ref DocumentReader from, Journey journey)
    {
        return journey with
        {
            ReportedConversions = from.ReadChanges(journey.ReportedConversions, "a subscription", static (ref from, order) => order with
            {
                SubscriptionId = from.ReadSharedTextOrNull(),
                IsRenewal = from.ReadFlagOrNull(),
            }),
            ReportedPayments = from.ReadChanges(
                journey.ReportedPayments, "a subscription", static (ref _, payment) => payment with { IsRenewal = false }),
        };
    }

    private static bool IsOfSubscription(ReportedConversion reported) => reported.SubscriptionId is not null || reported.IsRenewal is not null;

    private static bool IsBetweenRenewals(ReportedPayment payment) => !payment.IsRenewal;
}
