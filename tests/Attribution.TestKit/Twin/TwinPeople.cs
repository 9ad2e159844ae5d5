namespace Attribution.TestKit.Twin;

/// <summary>
/// Groups events into people by union-find over the aliases of a brand. Limits on linking are not implemented.
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
        return [.. events.GroupBy(twinEvent => Leader(Names(twinEvent).First())).Select(person => person.ToList())];

        string Leader(string alias) => leader.GetValueOrDefault(alias, alias) is var next && next == alias ? alias : Leader(next);
        static IEnumerable<string> Names(TwinEvent twinEvent) => twinEvent.Aliases.Select(alias => $"{twinEvent.Brand}/{alias}");
    }
}
