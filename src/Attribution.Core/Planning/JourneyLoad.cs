namespace Attribution.Core.Planning;

/// <summary>What the store found.</summary>
/// <param name="KnownPacks">Those of the packs asked for that are committed already.</param>
/// <param name="Aliases">Alias to the id of its live journey.</param>
/// <param name="Journeys">The live journeys by id.</param>
public sealed record JourneyLoad(
    IReadOnlySet<Guid> KnownPacks, IReadOnlyDictionary<AliasKey, Guid> Aliases, IReadOnlyDictionary<Guid, StoredJourney> Journeys)
{
    /// <summary>The generation of journeys that was read: one more with each rebuild taken over. Null: none was.</summary>
    public long? Generation { get; init; }

    /// <summary>
    /// What will be found of the same aliases once a commit is written that was planned before, whether it was written by the time of this load or not yet.
    /// Holds only if it is written as it was planned.
    /// </summary>
    /// <param name="ahead">The commit.</param>
    /// <param name="aliases">The aliases that were asked for.</param>
    /// <returns>Null where it takes another load to tell: an alias came to lead to a journey that the commit does not write.</returns>
    public JourneyLoad? AfterCommit(JourneyCommit ahead, IEnumerable<AliasKey> aliases)
    {
        var written = ahead.Journeys.ToDictionary(stored => stored.Journey.Id, stored => stored with { Version = stored.Version + 1 });
        var buried = ahead.Tombstones.ToDictionary(tombstone => tombstone.Id, tombstone => tombstone.MergedInto);
        var led = ahead.Aliases.Concat(ahead.MovedAliases).ToDictionary();
        var (leads, journeys) = (new Dictionary<AliasKey, Guid>(), new Dictionary<Guid, StoredJourney>());
        foreach (var alias in aliases)
        {
            if (!led.TryGetValue(alias, out var id) && !Aliases.TryGetValue(alias, out id)) continue;
            if (buried.TryGetValue(id, out var into)) id = into;
            if (!written.TryGetValue(id, out var stored) && !Journeys.TryGetValue(id, out stored)) return null;
            leads[alias] = id;
            journeys[id] = stored;
        }

        return this with { Aliases = leads, Journeys = journeys };
    }
}
