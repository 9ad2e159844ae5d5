using Attribution.Core.Events;
using Attribution.Core.Journeys;

namespace Attribution.Storage.Codecs;

/// <summary>
/// The states of reported conversions and refunds within a stored journey of version 2: for each event that has one, its
/// index and its state.
/// </summary>
internal static class StateCodec
{
    /// <summary>Returns true if an event of the journey has members that version 1 cannot contain.</summary>
    public static bool HasStates(Journey journey) =>
        (!journey.ReportedConversions.IsDefaultOrEmpty && journey.ReportedConversions.Any(HasState))
        || (!journey.ReportedRefunds.IsDefaultOrEmpty && journey.ReportedRefunds.Any(HasState));

    /// <summary>Writes the states of a journey's events.</summary>
    public static void WriteStates(DocumentWriter to, Journey journey)
    {
        to.WriteList(ValueCodec.FindIndexes(journey.ReportedConversions, HasState), (to, index) =>
        {
            var report = journey.ReportedConversions[index];
            WriteState(to, index, report);
            to.WriteFlag(report.RefundIds is not null);
            if (report.RefundIds is { } refundIds) to.WriteList([.. refundIds], ValueCodec.WriteText);
        });
        to.WriteList(ValueCodec.FindIndexes(journey.ReportedRefunds, HasState), (to, index) =>
        {
            var report = journey.ReportedRefunds[index];
            WriteState(to, index, report);
            to.WriteFlag(report.IsVoid);
        });
    }

    /// <summary>Returns the journey with the states of its events.</summary>
    public static Journey ReadStates(ref DocumentReader from, Journey journey)
    {
        return journey with
        {
            ReportedConversions = from.ReadChanges(journey.ReportedConversions, "a state", static (ref from, order) => order with
            {
                StateAt = from.ReadTimeOrNull(),
                ReceivedAt = from.ReadTimeOrNull(),
                RefundIds = from.ReadFlag() ? from.ReadList(ValueCodec.ReadText) : null,
            }),
            ReportedRefunds = from.ReadChanges(journey.ReportedRefunds, "a state", static (ref from, refund) => refund with
            {
                StateAt = from.ReadTimeOrNull(),
                ReceivedAt = from.ReadTimeOrNull(),
                IsVoid = from.ReadFlag(),
            }),
        };
    }

    private static bool HasState(ReportedConversion report) =>
        report.StateAt is not null || report.ReceivedAt is not null || report.RefundIds is not null;

    private static bool HasState(ReportedRefund report) =>
        report.StateAt is not null || report.ReceivedAt is not null || report.IsVoid;

    private static void WriteState(DocumentWriter to, int index, IStateReport report)
    {
        to.WriteCount(index);
        to.WriteTimeOrNull(report.StateAt);
        to.WriteTimeOrNull(report.ReceivedAt);
    }
}
