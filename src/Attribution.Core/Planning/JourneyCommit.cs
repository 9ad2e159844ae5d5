using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Core.Planning;

/// <summary>The content of one atomic commit of attribution, for any number of messages.</summary>
public sealed record JourneyCommit
{
    /// <summary>
    /// Gets the version of the catalog that journeys were evaluated with; nothing is written if the store has a newer
    /// one.
    /// </summary>
    public required long CatalogVersion { get; init; }

    /// <summary>
    /// Gets the generation of journeys that was read. If the store has another one, a rebuild has replaced all journeys
    /// and nothing is written. Null if the commit only replaces journeys: ids belong to one generation.
    /// </summary>
    public long? Generation { get; init; }

    /// <summary>Gets the messages, archived as received. Empty if journeys are only evaluated again.</summary>
    public IReadOnlyList<EventPack> Packs { get; init; } = [];

    /// <summary>Gets the new aliases with the ids of their journeys.</summary>
    public IReadOnlyList<KeyValuePair<AliasKey, Guid>> Aliases { get; init; } = [];

    /// <summary>
    /// Gets the known aliases that move to another journey. Their previous journey is written or ended by the same
    /// commit, so its version also guards its aliases.
    /// </summary>
    public IReadOnlyList<KeyValuePair<AliasKey, Guid>> MovedAliases { get; init; } = [];

    /// <summary>
    /// Gets the journeys to write. <see cref="StoredJourney.Version"/> is the version read; 0 for a new journey.
    /// </summary>
    public IReadOnlyList<StoredJourney> Journeys { get; init; } = [];

    /// <summary>Gets the journeys that were merged into another.</summary>
    public IReadOnlyList<Tombstone> Tombstones { get; init; } = [];

    /// <summary>Gets the ledger lines to append, in order.</summary>
    public IReadOnlyList<LedgerEntry> Ledger { get; init; } = [];

    /// <summary>Gets the rejections to store: events refused at ingest, or unreadable messages.</summary>
    public IReadOnlyList<RejectionDocument> Rejections { get; init; } = [];

    /// <summary>Gets the changes of the measures; stored as one delta document per brand.</summary>
    public MeasureSums Deltas { get; init; } = new();

    /// <summary>
    /// Gets the accruals to write for agreements settled per period; each replaces the one with the same (brand,
    /// agreement, key).
    /// </summary>
    public IReadOnlyList<PeriodAccrual> Accruals { get; init; } = [];

    /// <summary>Gets the keys of accruals to delete; none of them is among <see cref="Accruals"/>.</summary>
    public IReadOnlyCollection<(string Brand, string Agreement, string Key)> RemovedAccruals { get; init; } = [];

    /// <summary>Gets the catalog items that matched an event; the store marks those that are not marked yet.</summary>
    public IReadOnlyCollection<CatalogRef> Matched { get; init; } = [];

    /// <summary>Gets the time of the commit.</summary>
    public required Timestamp At { get; init; }
}
