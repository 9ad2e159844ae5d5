using System.Collections.Immutable;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Journeys;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage;

/// <summary>Journeys, the aliases that lead to them, the packs they came from and the ledger. Every store passes one conformance suite.</summary>
public interface IJourneyStore
{
    /// <summary>
    /// Reads, as of one moment, which of the packs are known already and the journeys that the aliases lead to (tombstones followed to
    /// the journey that survived). Aliases that lead nowhere are absent from the answer.
    /// </summary>
    ValueTask<JourneyLoad> LoadAsync(IReadOnlyCollection<Guid> packs, IReadOnlyCollection<AliasKey> aliases, CancellationToken cancellation);

    /// <summary>
    /// Writes all of the commit in one transaction or nothing of it. Anything but <see cref="CommitOutcome.Committed"/> means nothing
    /// was written and the caller starts again from the load. An exception leaves the outcome unknown: the caller resolves it by
    /// starting again, since the packs' ids are part of the transaction.
    /// </summary>
    /// <exception cref="ArgumentException">The commit contradicts itself: it writes a journey twice, buries one in itself, names one that is nowhere, or moves an alias that is not known.</exception>
    ValueTask<CommitOutcome> CommitAsync(JourneyCommit commit, CancellationToken cancellation);

    /// <summary>Which of these packs are committed.</summary>
    ValueTask<IReadOnlySet<Guid>> CommittedPacksAsync(IReadOnlyCollection<Guid> packs, CancellationToken cancellation);

    /// <summary>Up to <paramref name="limit"/> live journeys last evaluated with a catalog version below <paramref name="catalogVersion"/>.</summary>
    ValueTask<IReadOnlyList<StoredJourney>> FindStaleAsync(long catalogVersion, int limit, CancellationToken cancellation);

    /// <summary>
    /// Up to <paramref name="limit"/> live journeys of a brand that have a conversion on a local day or after it and were last evaluated with a
    /// catalog version below <paramref name="catalogVersion"/>: those that a fit reaches and that do not know it yet.
    /// </summary>
    ValueTask<IReadOnlyList<StoredJourney>> FindUnfittedAsync(string brand, DateOnly from, long catalogVersion, int limit, CancellationToken cancellation);

    /// <summary>How many live journeys were last evaluated with a catalog version below <paramref name="catalogVersion"/>.</summary>
    ValueTask<long> CountStaleAsync(long catalogVersion, CancellationToken cancellation);

    /// <summary>
    /// Every live journey as of one moment, whatever is committed meanwhile, in no order. Writers do not wait for it; but what they
    /// replace is kept until it is done.
    /// </summary>
    /// <param name="onJourney">Called once a journey with how many came before it and how many there are.</param>
    /// <param name="cancellation">Stops the reading.</param>
    ValueTask ScanAsync(Action<Journey, long, long> onJourney, CancellationToken cancellation);

    /// <summary>The live journey that an alias leads to, or null.</summary>
    ValueTask<StoredJourney?> FindAsync(AliasKey alias, CancellationToken cancellation);

    /// <summary>The ledger lines of a conversion, in the order they were recorded.</summary>
    ValueTask<IReadOnlyList<LedgerEntry>> LedgerAsync(string brand, string conversion, CancellationToken cancellation);

    /// <summary>
    /// Lines of a brand's ledger, of every kind, in the order in which they were written, from a place on. What is committed later stands after every
    /// place that was answered before: who asks again from the place answered misses no line, and gets none twice.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="after">The place answered last; null: from the first line.</param>
    /// <param name="limit">At most so many; at least 1.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="ArgumentException">The place is none that this store answered, or the store went back to an older copy since.</exception>
    ValueTask<LedgerPage> LedgerAfterAsync(string brand, string? after, int limit, CancellationToken cancellation);

    /// <summary>
    /// The ledger lines that were committed when their day was closed already, by (recorded, commit), from the cursor on (null: from the
    /// first); at most <paramref name="limit"/>, and the cursor of the next, null at the end.
    /// </summary>
    /// <exception cref="ArgumentException">The cursor is none that this answered.</exception>
    ValueTask<(IReadOnlyList<Restatement> Restatements, string? Cursor)> RestatementsAsync(
        RestatementQuery query, string? cursor, int limit, CancellationToken cancellation);

    /// <summary>What all of them come to, by reason, campaign, creator (ordinal).</summary>
    ValueTask<IReadOnlyList<RestatementSum>> RestatementSumsAsync(RestatementQuery query, CancellationToken cancellation);

    /// <summary>
    /// What the ledger lines of conversions of some local days sum to, a conversion each, by key (ordinal); those that sum to nothing are left out, so that
    /// one whose day changed comes once.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="from">First day, inside.</param>
    /// <param name="to">Last day, inside.</param>
    /// <param name="campaign">Lines of this campaign only; null: of all.</param>
    /// <param name="creator">Lines of this creator only; null: of all.</param>
    /// <param name="cancellation">Stops the reading.</param>
    ValueTask<IReadOnlyList<ConversionSum>> ConversionSumsAsync(
        string brand, DateOnly from, DateOnly to, string? campaign, string? creator, CancellationToken cancellation);

    /// <summary>
    /// The rejections that a query asks for, by id, newest first, from the cursor on (null: from the newest); at most
    /// <paramref name="limit"/>, and the cursor of the next, null at the end.
    /// </summary>
    /// <exception cref="ArgumentException">The cursor is none that this answered.</exception>
    ValueTask<(IReadOnlyList<RejectionDocument> Rejections, string? Cursor)> RejectionsAsync(
        RejectionQuery query, string? cursor, int limit, CancellationToken cancellation);

    /// <summary>Those of the rejections that there are, open or resolved, in no order.</summary>
    ValueTask<IReadOnlyList<RejectionDocument>> FindRejectionsAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellation);

    /// <summary>Marks rejections as resolved, in one transaction. One that is resolved already keeps its instant; one that is not there is passed over.</summary>
    ValueTask ResolveRejectionsAsync(IReadOnlyCollection<Guid> ids, Timestamp at, CancellationToken cancellation);

    /// <summary>Every committed pack, in the order of commit, for replay. What is committed meanwhile may come too.</summary>
    IAsyncEnumerable<EventPack> PacksAsync(CancellationToken cancellation);
}

/// <summary>An alias of a person, order, click or post within a brand: <c>v:</c>, <c>c:</c>, <c>k:</c>, <c>o:</c>, <c>n:</c>, <c>p:</c> or <c>e:</c> and an id.</summary>
/// <param name="Brand">Aliases are unique within a brand.</param>
/// <param name="Text">Prefix and id.</param>
public readonly record struct AliasKey(string Brand, string Text);

/// <summary>A journey and the version it was stored under, which a commit compares.</summary>
/// <param name="Journey">The journey.</param>
/// <param name="Version">1 for the first write, one more for each later.</param>
public sealed record StoredJourney(Journey Journey, long Version);

/// <summary>What <see cref="IJourneyStore.LoadAsync"/> found.</summary>
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
    public JourneyLoad? After(JourneyCommit ahead, IEnumerable<AliasKey> aliases)
    {
        var written = ahead.Journeys.ToDictionary(stored => stored.Journey.Id, stored => stored with { Version = stored.Version + 1 });
        var buried = ahead.Tombstones.ToDictionary(tombstone => tombstone.Id, tombstone => tombstone.Into);
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
    public IReadOnlyCollection<(string Brand, string Agreement, string Key)> AccrualsGone { get; init; } = [];

    /// <summary>Catalog items that matched an event; those not yet marked are marked.</summary>
    public IReadOnlyCollection<CatalogRef> Matched { get; init; } = [];

    /// <summary>When.</summary>
    public required Timestamp At { get; init; }

    /// <summary>Its packs and journeys, encoded ahead; null: the store encodes them.</summary>
    public CommitDocuments? Documents { get; private init; }

    /// <summary>The same commit, its documents encoded: what may be done on another thread while the one before is written.</summary>
    public JourneyCommit Encoded() => this with { Documents = CommitDocuments.Of(this, archives: true) };
}

/// <summary>What the ledger says of a conversion.</summary>
/// <param name="Conversion">Its key.</param>
/// <param name="OrderDay">Its local day.</param>
/// <param name="Net">Sum of the amounts, minor units.</param>
/// <param name="Micros">Sum of the credited shares, in millionths.</param>
/// <param name="Commission">Sum of the commissions, minor units.</param>
public sealed record ConversionSum(string Conversion, DateOnly OrderDay, long Net, long Micros, long Commission);

/// <summary>A journey that was merged into another.</summary>
/// <param name="Id">The journey that ends.</param>
/// <param name="Version">The version read.</param>
/// <param name="Into">The journey that lives on.</param>
public sealed record Tombstone(Guid Id, long Version, Guid Into);

/// <summary>How a commit ended.</summary>
public enum CommitOutcome
{
    /// <summary>All is written.</summary>
    Committed,

    /// <summary>A journey, alias or pack was written by somebody else meanwhile, or all of them by a rebuild. Nothing is written.</summary>
    Conflict,

    /// <summary>The catalog is newer than the one the journeys were evaluated with. Nothing is written.</summary>
    CatalogChanged,
}

/// <summary>Which rejections.</summary>
/// <param name="Brand">Of this brand only; null: of all.</param>
/// <param name="Resolved">Open ones (false) or resolved ones (true) only; null: both.</param>
/// <param name="Reason">Refused for this reason only; null: for any.</param>
public sealed record RejectionQuery(string? Brand = null, bool? Resolved = null, RejectionReason? Reason = null);

/// <summary>An event that was refused, as kept.</summary>
public sealed record RejectionDocument
{
    /// <summary>Time-ordered id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The brand of the key that sent it.</summary>
    public required string Brand { get; init; }

    /// <summary>The source of the key that sent it.</summary>
    public required string Source { get; init; }

    /// <summary>When it was received.</summary>
    public required Timestamp ReceivedAt { get; init; }

    /// <summary>Why.</summary>
    public required RejectionReason Reason { get; init; }

    /// <summary>JSON pointer to the member at fault.</summary>
    public required string Pointer { get; init; }

    /// <summary>In words.</summary>
    public required string Detail { get; init; }

    /// <summary>The event's own id, if one could be read.</summary>
    public string? EventId { get; init; }

    /// <summary>Version of the events' shape that refused it.</summary>
    public required int Schema { get; init; }

    /// <summary>What was sent, cut at 64 KiB.</summary>
    public required ImmutableArray<byte> Payload { get; init; }

    /// <summary>When it was put through the door again and taken in; null while it is open.</summary>
    public Timestamp? ResolvedAt { get; init; }
}

/// <summary>A line of the ledger under its number.</summary>
/// <param name="Number">Greater than that of every line written before; no other line of the store has it, and it never changes.</param>
/// <param name="Line">The line.</param>
/// <param name="RestatesOrderDay">Whether its order day was closed when it was written.</param>
/// <param name="RestatesEntryDay">Whether its entry day was.</param>
public sealed record NumberedLine(long Number, LedgerEntry Line, bool RestatesOrderDay, bool RestatesEntryDay);

/// <summary>Lines of the ledger from a place on.</summary>
/// <param name="Lines">By number.</param>
/// <param name="Cursor">The place after them.</param>
/// <param name="More">Whether there were more already.</param>
public sealed record LedgerPage(IReadOnlyList<NumberedLine> Lines, string Cursor, bool More);
