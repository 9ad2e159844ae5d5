namespace Attribution.TestKit.Twin;

/// <summary>Who is one person: union-find over the aliases of a brand. Below the linking limits; what they cut is not the twin's matter.</summary>
internal static class TwinPeople
{
    /// <summary>The events of each person, every event once however often it was told.</summary>
    public static List<List<TwinEvent>> FromEvents(IEnumerable<TwinEvent> told)
    {
        var events = told.DistinctBy(happened => (happened.Brand, happened.Source, happened.Id)).ToList();
        var leader = new Dictionary<string, string>();
        foreach (var happened in events)
            foreach (var alias in Names(happened))
                leader[Leader(alias)] = Leader(Names(happened).First());
        return [.. events.GroupBy(happened => Leader(Names(happened).First())).Select(person => person.ToList())];

        string Leader(string alias) => leader.GetValueOrDefault(alias, alias) is var next && next == alias ? alias : Leader(next);
        static IEnumerable<string> Names(TwinEvent happened) => happened.Aliases.Select(alias => $"{happened.Brand}/{alias}");
    }
}
