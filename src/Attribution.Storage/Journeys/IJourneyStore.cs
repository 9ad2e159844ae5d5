using Attribution.Contracts;
using Attribution.Core.Journeys;
using Attribution.Core.Ledger;
using Attribution.Core.Planning;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Storage.Ledger;
using Attribution.Storage.Rejections;

namespace Attribution.Storage.Journeys;

/// <summary>Journeys, the aliases that lead to them, the packs they came from and the ledger. Every store passes one conformance suite.</summary>
public interface IJourneyStore
{
    /// <summary>
    /// Reads, as of one moment, which of the packs are known already and the journeys that the aliases lead to (tombstones followed to
    /// the journey that survived). Aliases that lead nowhere are absent from the answer.
    /// </summary>
    ValueTask<JourneyLoad> LoadJourneysAsync(IReadOnlyCollection<Guid> packs, IReadOnlyCollection<AliasKey> aliases, CancellationToken cancellation);

    /// <summary>
    /// Writes all of the commit in one transaction or nothing of it. Anything but <see cref="CommitOutcome.Committed"/> means nothing
    /// was written and the caller starts again from the load. An exception leaves the outcome unknown: the caller resolves it by
    /// starting again, since the packs' ids are part of the transaction.
    /// </summary>
    /// <exception cref="ArgumentException">The commit contradicts itself: it writes a journey twice, buries one in itself, names one that is nowhere, or moves an alias that is not known.</exception>
    ValueTask<CommitOutcome> CommitAsync(JourneyCommit commit, CancellationToken cancellation);

    /// <summary>Writes a commit whose documents were encoded before, with the same outcomes.</summary>
    ValueTask<CommitOutcome> CommitAsync(EncodedCommit encoded, CancellationToken cancellation);

    /// <summary>Which of these packs are committed.</summary>
    ValueTask<IReadOnlySet<Guid>> FindCommittedPacksAsync(IReadOnlyCollection<Guid> packs, CancellationToken cancellation);

    /// <summary>Up to <paramref name="limit"/> live journeys last evaluated with a catalog version below <paramref name="catalogVersion"/>.</summary>
    ValueTask<IReadOnlyList<StoredJourney>> FindStaleAsync(long catalogVersion, int limit, CancellationToken cancellation);

    /// <summary>
    /// Up to <paramref name="limit"/> live journeys of a brand that have a conversion on a local day or after it and were last evaluated with a
    /// catalog version below <paramref name="catalogVersion"/>: those that a fit reaches and that do not know it yet.
    /// </summary>
    ValueTask<IReadOnlyList<StoredJourney>> FindStaleForFitAsync(string brand, DateOnly from, long catalogVersion, int limit, CancellationToken cancellation);

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
    ValueTask<StoredJourney?> FindByAliasAsync(AliasKey alias, CancellationToken cancellation);

    /// <summary>The ledger lines of a conversion, in the order they were recorded.</summary>
    ValueTask<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(string brand, string conversion, CancellationToken cancellation);

    /// <summary>
    /// Lines of a brand's ledger, of every kind, in the order in which they were written, from a place on. What is committed later stands after every
    /// place that was answered before: who asks again from the place answered misses no line, and gets none twice.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="after">The place answered last; null: from the first line.</param>
    /// <param name="limit">At most so many; at least 1.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="ArgumentException">The place is none that this store answered, or the store went back to an older copy since.</exception>
    ValueTask<LedgerPage> ReadLedgerPageAsync(string brand, string? after, int limit, CancellationToken cancellation);

    /// <summary>
    /// The ledger lines that were committed when their day was closed already, by (recorded, commit), from the cursor on (null: from the
    /// first); at most <paramref name="limit"/>, and the cursor of the next, null at the end.
    /// </summary>
    /// <exception cref="ArgumentException">The cursor is none that this answered.</exception>
    ValueTask<(IReadOnlyList<Restatement> Restatements, string? Cursor)> ListRestatementsAsync(
        RestatementFilter query, string? cursor, int limit, CancellationToken cancellation);

    /// <summary>What all of them come to, by reason, campaign, creator (ordinal).</summary>
    ValueTask<IReadOnlyList<RestatementSum>> SumRestatementsAsync(RestatementFilter query, CancellationToken cancellation);

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
    ValueTask<IReadOnlyList<ConversionSum>> SumByConversionAsync(
        string brand, DateOnly from, DateOnly to, string? campaign, string? creator, CancellationToken cancellation);

    /// <summary>
    /// The rejections that a query asks for, by id, newest first, from the cursor on (null: from the newest); at most
    /// <paramref name="limit"/>, and the cursor of the next, null at the end.
    /// </summary>
    /// <exception cref="ArgumentException">The cursor is none that this answered.</exception>
    ValueTask<(IReadOnlyList<RejectionDocument> Rejections, string? Cursor)> ListRejectionsAsync(
        RejectionFilter query, string? cursor, int limit, CancellationToken cancellation);

    /// <summary>Those of the rejections that there are, open or resolved, in no order.</summary>
    ValueTask<IReadOnlyList<RejectionDocument>> FindRejectionsAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellation);

    /// <summary>Marks rejections as resolved, in one transaction. One that is resolved already keeps its instant; one that is not there is passed over.</summary>
    ValueTask ResolveRejectionsAsync(IReadOnlyCollection<Guid> ids, Timestamp at, CancellationToken cancellation);

    /// <summary>Every committed pack, in the order of commit, for replay. What is committed meanwhile may come too.</summary>
    IAsyncEnumerable<EventPack> ReadPacksAsync(CancellationToken cancellation);
}
