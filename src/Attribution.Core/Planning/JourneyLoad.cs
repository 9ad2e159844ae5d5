namespace Attribution.Core.Planning;

/// <summary>The result of a load from the store.</summary>
/// <param name="KnownPacks">The requested packs that are committed already.</param>
/// <param name="Aliases">Ids of live journeys by alias.</param>
/// <param name="Journeys">Live journeys by id.</param>
public sealed record JourneyLoad(
    IReadOnlySet<Guid> KnownPacks, IReadOnlyDictionary<AliasKey, Guid> Aliases, IReadOnlyDictionary<Guid, StoredJourney> Journeys)
{
    /// <summary>
    /// Gets the generation of journeys that was read; it increases by 1 with each completed rebuild. Null if none was
    /// read.
    /// </summary>
    public long? Generation { get; init; }

    /// <summary>
    /// Predicts the load of the same aliases after a planned commit, whether or not the commit was written at the time
    /// of this load. The prediction is valid only if the commit is written as planned.
    /// </summary>
    /// <param name="planned">The planned commit.</param>
    /// <param name="aliases">The requested aliases.</param>
    /// <returns>
    /// Null if another load is required: an alias now refers to a journey that the commit does not write.
    /// </returns>
    public JourneyLoad? AfterCommit(JourneyCommit planned, IEnumerable<AliasKey> aliases)
    {
        var written = planned.Journeys.ToDictionary(
            stored => stored.Journey.Id, stored => stored with { Version = stored.Version + 1 });
        var merged = planned.Tombstones.ToDictionary(tombstone => tombstone.Id, tombstone => tombstone.MergedInto);
        var changed = planned.Aliases.Concat(planned.MovedAliases).ToDictionary();
        var (found, journeys) = (new Dictionary<AliasKey, Guid>(), new Dictionary<Guid, StoredJourney>());
        foreach (var alias in aliases)
        {
            if (!changed.TryGetValue(alias, out var id) && !Aliases.TryGetValue(alias, out id)) continue;
            if (merged.TryGetValue(id, out var survivor)) id = survivor;
            if (!written.TryGetValue(id, out var stored) && !Journeys.TryGetValue(id, out stored)) return null;
            found[alias] = id;
            journeys[id] = stored;
        }

        return this with { Aliases = found, Journeys = journeys };
    }
}
