using Attribution.Core.Events;
using Attribution.Core.Journeys;

namespace Attribution.Storage.Codecs;

/// <summary>
/// The lines of orders and refunds within a stored journey of version 10, and the net that agreements exclude by them.
/// </summary>
internal static class LineCodec
{
    /// <summary>Returns true if the journey has members that earlier versions cannot contain.</summary>
    public static bool HasLines(Journey journey) =>
        (!journey.ReportedConversions.IsDefaultOrEmpty && journey.ReportedConversions.Any(HasLines))
        || (!journey.ReportedRefunds.IsDefaultOrEmpty && journey.ReportedRefunds.Any(HasLines))
        || (!journey.Conversions.IsDefaultOrEmpty && journey.Conversions.Any(HasExcluded));

    /// <summary>Writes the lines of a journey.</summary>
    public static void WriteLines(DocumentWriter to, Journey journey)
    {
        to.WriteList(ValueCodec.FindIndexes(journey.ReportedConversions, HasLines), (to, index) =>
        {
            to.WriteCount(index);
            to.WriteList([.. journey.ReportedConversions[index].Lines!], WriteLine);
        });
        to.WriteList(ValueCodec.FindIndexes(journey.ReportedRefunds, HasLines), (to, index) =>
        {
            to.WriteCount(index);
            to.WriteList([.. journey.ReportedRefunds[index].Lines!], WriteRefundLine);
        });
        to.WriteList(ValueCodec.FindIndexes(journey.Conversions, HasExcluded), (to, index) =>
        {
            to.WriteCount(index);
            to.WriteList(journey.Conversions[index].Accruals, static (to, accrual) => to.WriteSigned(accrual.Excluded));
        });
    }

    /// <summary>Returns the journey with its lines.</summary>
    public static Journey ReadLines(ref DocumentReader from, Journey journey)
    {
        return journey with
        {
            ReportedConversions = from.ReadChanges(
                journey.ReportedConversions, "lines", static (ref from, order) => order with { Lines = from.ReadList(ReadLine) }),
            ReportedRefunds = from.ReadChanges(
                journey.ReportedRefunds, "lines", static (ref from, refund) => refund with { Lines = from.ReadList(ReadRefundLine) }),
            Conversions = from.ReadChanges(journey.Conversions, "excluded net", ReadExcluded),
        };
    }

    private static Conversion ReadExcluded(ref DocumentReader from, Conversion conversion)
    {
        var excluded = from.ReadList(static (ref from) => from.ReadSigned());
        return excluded.Length == conversion.Accruals.Length
            ? conversion with { Accruals = [.. conversion.Accruals.Zip(excluded, (accrual, net) => accrual with { Excluded = net })] }
            : throw from.Corrupt("excluded net of an accrual that is missing");
    }

    private static bool HasLines(ReportedConversion order) => order.Lines is not null;

    private static bool HasLines(ReportedRefund refund) => refund.Lines is not null;

    private static bool HasExcluded(Conversion conversion)
    {
        foreach (var accrual in conversion.Accruals)
            if (accrual.Excluded != 0)
                return true;
        return false;
    }

    private static void WriteLine(DocumentWriter to, ReportedLine line)
    {
        to.WriteTextOrNull(line.Id);
        to.WriteSharedText(line.Product);
        to.WriteSharedText(line.Category);
        to.WriteSigned(line.Quantity);
        to.WriteSigned(line.Goods);
        to.WriteSigned(line.Discount);
    }

    private static ReportedLine ReadLine(ref DocumentReader from) => new(
        from.ReadTextOrNull(), from.ReadSharedTextOrNull(), from.ReadSharedTextOrNull(), from.ReadSigned(), from.ReadSigned(), from.ReadSigned());

    private static void WriteRefundLine(DocumentWriter to, ReportedRefundLine line)
    {
        to.WriteTextOrNull(line.Id);
        to.WriteSharedText(line.Product);
        to.WriteSigned(line.Amount);
    }

    private static ReportedRefundLine ReadRefundLine(ref DocumentReader from) =>
        new(from.ReadTextOrNull(), from.ReadSharedTextOrNull(), from.ReadSigned());
}
