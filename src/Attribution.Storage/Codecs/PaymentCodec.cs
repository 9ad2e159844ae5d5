using Attribution.Core.Events;
using Attribution.Core.Journeys;

namespace Attribution.Storage.Codecs;

/// <summary>
/// What relates refunds to payments within a stored journey of version 3: the other ids of orders, the tax and shipping
/// of conversions, and the refunds that state a part of the total.
/// </summary>
internal static class PaymentCodec
{
    /// <summary>Returns true if the journey has members that earlier versions cannot contain.</summary>
    public static bool HasPayments(Journey journey) =>
        !journey.ReportedPayments.IsDefaultOrEmpty
        || (!journey.ReportedConversions.IsDefaultOrEmpty && journey.ReportedConversions.Any(HasTaxOrShipping))
        || (!journey.ReportedRefunds.IsDefaultOrEmpty && journey.ReportedRefunds.Any(refund => refund.IsOfTotal));

    /// <summary>Writes the payments of a journey.</summary>
    public static void WritePayments(DocumentWriter to, Journey journey)
    {
        to.WriteList(journey.ReportedPayments, WritePayment);
        to.WriteList(ValueCodec.FindIndexes(journey.ReportedConversions, HasTaxOrShipping), (to, index) =>
        {
            to.WriteCount(index);
            to.WriteSigned(journey.ReportedConversions[index].TaxAndShipping);
        });
        to.WriteList(ValueCodec.FindIndexes(journey.ReportedRefunds, refund => refund.IsOfTotal), (to, index) => to.WriteCount(index));
    }

    /// <summary>Returns the journey with its payments.</summary>
    public static Journey ReadPayments(ref DocumentReader from, Journey journey)
    {
        return journey with
        {
            ReportedPayments = from.ReadList(ReadPayment),
            ReportedConversions = from.ReadChanges(
                journey.ReportedConversions, "a payment", static (ref from, order) => order with { TaxAndShipping = from.ReadSignedOrNull() }),
            ReportedRefunds = from.ReadChanges(
                journey.ReportedRefunds, "a payment", static (ref _, refund) => refund with { IsOfTotal = true }),
        };
    }

    private static void WritePayment(DocumentWriter to, ReportedPayment payment)
    {
        ValueCodec.WriteEventId(to, payment.Id);
        to.WriteSharedText(payment.Brand);
        to.WriteTime(payment.At);
        to.WriteSharedText(payment.OrderId);
        to.WriteSharedText(payment.PaymentId);
        to.WriteSharedText(payment.Currency);
        to.WriteSigned(payment.Gross);
        to.WriteSigned(payment.Discount);
        to.WriteSigned(payment.TaxAndShipping);
    }

    private static ReportedPayment ReadPayment(ref DocumentReader from) => new()
    {
        Id = ValueCodec.ReadEventId(ref from),
        Brand = from.ReadSharedText(),
        At = from.ReadTime(),
        OrderId = from.ReadSharedText(),
        PaymentId = from.ReadSharedText(),
        Currency = from.ReadSharedTextOrNull(),
        Gross = from.ReadSigned(),
        Discount = from.ReadSigned(),
        TaxAndShipping = from.ReadSigned(),
    };

    private static bool HasTaxOrShipping(ReportedConversion reported) => reported.TaxAndShipping is not null;
}
