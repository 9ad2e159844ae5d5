using Attribution.Core.Identity;

namespace Attribution.Core.Planning;

/// <summary>
/// The expected result of commits that are planned one after another and never written, for the people that later events
/// can name again. Not thread-safe.
/// </summary>
/// <param name="limit">
/// Maximum number of journeys kept. Beyond it, <see cref="IsComplete"/> is false, and later plans ignore the earlier
/// events of further people.
/// </param>
public sealed class PlannedJourneys(int limit)
{
    private readonly Dictionary<Guid, StoredJourney> journeys = [];
    private readonly Dictionary<Guid, Guid> merged = [];
    private readonly Dictionary<AliasKey, Guid> aliases = [];

    /// <summary>Gets a value indicating whether every journey was kept.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>Adds the journeys of a planned commit. Those that only an order or conversion names are left out.</summary>
    public void Add(JourneyCommit commit)
    {
        var named = commit.Aliases.Concat(commit.MovedAliases).Where(alias => !IdentityRules.IsConversionKey(alias.Key.Text)).ToList();
        var ofPeople = named.Select(alias => alias.Value).ToHashSet();
        foreach (var tombstone in commit.Tombstones) merged[tombstone.Id] = tombstone.MergedInto;
        foreach (var stored in commit.Journeys)
        {
            var id = stored.Journey.Id;
            if (!ofPeople.Contains(id) && !journeys.ContainsKey(id) && stored.Version == 0) continue;
            if (journeys.Count < limit || journeys.ContainsKey(id)) journeys[id] = stored;
            else IsComplete = false;
        }

        foreach (var (alias, id) in named)
            if (journeys.ContainsKey(id)) aliases[alias] = id;
    }

    /// <summary>Returns a load from the store as it would be after the planned commits.</summary>
    /// <param name="load">The load.</param>
    /// <param name="requested">The requested aliases.</param>
    public JourneyLoad Apply(JourneyLoad load, IEnumerable<AliasKey> requested)
    {
        var (found, loaded) = (new Dictionary<AliasKey, Guid>(), new Dictionary<Guid, StoredJourney>());
        foreach (var alias in requested)
        {
            if (!aliases.TryGetValue(alias, out var id) && !load.Aliases.TryGetValue(alias, out id)) continue;
            while (merged.TryGetValue(id, out var survivor)) id = survivor;
            if (!journeys.TryGetValue(id, out var stored) && !load.Journeys.TryGetValue(id, out stored)) continue;
            (found[alias], loaded[id]) = (id, stored);
        }

        return load with { Aliases = found, Journeys = loaded };
    }
}
