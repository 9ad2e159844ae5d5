using Attribution.Contracts;

namespace Attribution.TestKit.Twin;

/// <summary>
/// Groups events into people by union-find over the aliases of a brand. Limits on linking are not implemented.
/// A claim later than its order has the order's time.
/// </summary>
internal static class TwinPeople
{
    /// <summary>Returns the distinct events of each person.</summary>
    public static List<List<TwinEvent>> FromEvents(IEnumerable<TwinEvent> reported)
    {
        var events = reported.DistinctBy(twinEvent => (twinEvent.Brand, twinEvent.Source, twinEvent.Id)).ToList();
        var leader = new Dictionary<string, string>();
        foreach (var twinEvent in events)
            foreach (var alias in Names(twinEvent))
                leader[Leader(alias)] = Leader(Names(twinEvent).First());
        return [.. events.GroupBy(twinEvent => Leader(Names(twinEvent).First())).Select(person => person.Select(twinEvent => Dated(twinEvent, person)).ToList())];

        string Leader(string alias) => leader.GetValueOrDefault(alias, alias) is var next && next == alias ? alias : Leader(next);
        static TwinEvent Dated(TwinEvent twinEvent, IEnumerable<TwinEvent> person) => twinEvent.Body is not ReferralEvent claim ? twinEvent
            : twinEvent with { At = person.Where(other => OrderOf(other) == claim.OrderId).Select(order => order.At).Append(twinEvent.At).Min() };
        static string? OrderOf(TwinEvent twinEvent) => twinEvent.Body is RedemptionEvent redemption ? redemption.OrderId
            : (twinEvent.Body as ConversionEvent)?.OrderId;
        static IEnumerable<string> Names(TwinEvent twinEvent) => twinEvent.Aliases.Select(alias => $"{twinEvent.Brand}/{alias}");
    }
}
