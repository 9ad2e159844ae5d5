using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Core.Planning;

/// <summary>One transaction's worth of attribution: any number of messages, whole.</summary>
public sealed record JourneyCommit
{
    /// <summary>The catalog the journeys were evaluated with; where the store's is newer by now, nothing is written.</summary>
    public required long CatalogVersion { get; init; }

    /// <summary>
    /// The generation of journeys that was read; where the store has another by now, all journeys were put in the place of others, and nothing
    /// is written. Null where the commit only replaces journeys: their ids are those of one generation.
    /// </summary>
    public long? Generation { get; init; }

    /// <summary>The messages, archived as they came. Empty when journeys are evaluated anew.</summary>
    public IReadOnlyList<EventPack> Packs { get; init; } = [];

    /// <summary>Aliases not seen before, and the journey each leads to.</summary>
    public IReadOnlyList<KeyValuePair<AliasKey, Guid>> Aliases { get; init; } = [];

    /// <summary>
    /// Aliases known already that lead elsewhere from now on. The journey that each led to is among those written or ended, so that its
    /// version stands for where its aliases lead.
    /// </summary>
    public IReadOnlyList<KeyValuePair<AliasKey, Guid>> MovedAliases { get; init; } = [];

    /// <summary>Journeys to write. <see cref="StoredJourney.Version"/> is the version read; 0 for a new one.</summary>
    public IReadOnlyList<StoredJourney> Journeys { get; init; } = [];

    /// <summary>Journeys that were merged into another: id, version read, survivor.</summary>
    public IReadOnlyList<Tombstone> Tombstones { get; init; } = [];

    /// <summary>Ledger lines to append, in order.</summary>
    public IReadOnlyList<LedgerEntry> Ledger { get; init; } = [];

    /// <summary>Rejections to keep: refused at the door or poisonous on the bus.</summary>
    public IReadOnlyList<RejectionDocument> Rejections { get; init; } = [];

    /// <summary>What the measures change by. One delta document a brand.</summary>
    public MeasureSums Deltas { get; init; } = new();

    /// <summary>What agreements that reckon over many look at, to write in the place of what has the same (brand, agreement, key).</summary>
    public IReadOnlyList<PeriodAccrual> Accruals { get; init; } = [];

    /// <summary>Accruals that are no longer; none of them among <see cref="Accruals"/>.</summary>
    public IReadOnlyCollection<(string Brand, string Agreement, string Key)> RemovedAccruals { get; init; } = [];

    /// <summary>Catalog items that matched an event; those not yet marked are marked.</summary>
    public IReadOnlyCollection<CatalogRef> Matched { get; init; } = [];

    /// <summary>When.</summary>
    public required Timestamp At { get; init; }
}
