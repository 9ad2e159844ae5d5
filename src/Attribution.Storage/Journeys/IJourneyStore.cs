using Attribution.Contracts;
using Attribution.Core.Journeys;
using Attribution.Core.Planning;

namespace Attribution.Storage.Journeys;

/// <summary>
/// Journeys, the aliases that lead to them and the packs that they were built from. Every store passes one conformance
/// suite.
/// </summary>
public interface IJourneyStore
{
    /// <summary>
    /// Reads, as of one moment, which of the packs are committed and the journeys that the aliases lead to. Tombstones
    /// are followed to the surviving journey. Unknown aliases are absent from the result.
    /// </summary>
    ValueTask<JourneyLoad> LoadJourneysAsync(
        IReadOnlyCollection<Guid> packs, IReadOnlyCollection<AliasKey> aliases, CancellationToken cancellation);

    /// <summary>
    /// Writes the whole commit in one transaction, or none of it. Any outcome other than
    /// <see cref="CommitOutcome.Committed"/> means that nothing was written; the caller then starts again from the
    /// load. An exception leaves the outcome unknown; the caller starts again as well, and finds out because the packs'
    /// ids are part of the transaction.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The commit contradicts itself: it writes a journey twice, merges a journey into itself or into an unknown one,
    /// or moves an unknown alias.
    /// </exception>
    ValueTask<CommitOutcome> CommitAsync(JourneyCommit commit, CancellationToken cancellation);

    /// <summary>
    /// Encodes the documents of a commit, in the newest versions that all live processes of the store read. Content that needs
    /// a newer version is encoded in that one; writing it waits until they read it.
    /// </summary>
    EncodedCommit Encode(JourneyCommit commit);

    /// <summary>Writes a commit whose documents are already encoded. The outcomes are the same.</summary>
    ValueTask<CommitOutcome> CommitAsync(EncodedCommit encoded, CancellationToken cancellation);

    /// <summary>Returns those of the packs that are committed.</summary>
    ValueTask<IReadOnlySet<Guid>> FindCommittedPacksAsync(
        IReadOnlyCollection<Guid> packs, CancellationToken cancellation);

    /// <summary>
    /// Returns up to <paramref name="limit"/> live journeys that were last evaluated with a catalog version below
    /// <paramref name="catalogVersion"/>.
    /// </summary>
    ValueTask<IReadOnlyList<StoredJourney>> FindStaleAsync(
        long catalogVersion, int limit, CancellationToken cancellation);

    /// <summary>
    /// Returns up to <paramref name="limit"/> live journeys of a brand that a new fit affects: they have a conversion
    /// on or after <paramref name="from"/> and were last evaluated with a catalog version below
    /// <paramref name="catalogVersion"/>.
    /// </summary>
    ValueTask<IReadOnlyList<StoredJourney>> FindStaleForFitAsync(
        string brand, DateOnly from, long catalogVersion, int limit, CancellationToken cancellation);

    /// <summary>
    /// Marks those of the journeys to be evaluated again that were last evaluated with a catalog version below
    /// <paramref name="catalogVersion"/>: <see cref="FindStaleAsync"/> then finds them. Unknown and merged journeys are
    /// ignored.
    /// </summary>
    ValueTask MarkStaleAsync(IReadOnlyCollection<Guid> journeys, long catalogVersion, CancellationToken cancellation);

    /// <summary>
    /// Counts the live journeys that were last evaluated with a catalog version below
    /// <paramref name="catalogVersion"/>.
    /// </summary>
    ValueTask<long> CountStaleAsync(long catalogVersion, CancellationToken cancellation);

    /// <summary>
    /// Reads every live journey as of one moment, in no particular order, unaffected by later commits. Writers are not
    /// blocked, but the store keeps the data that they replace until the scan ends.
    /// </summary>
    /// <param name="onJourney">
    /// Called once per journey, with the number of journeys before it and the total number.
    /// </param>
    /// <param name="cancellation">Cancels the scan.</param>
    ValueTask ScanAsync(Action<Journey, long, long> onJourney, CancellationToken cancellation);

    /// <summary>Returns the live journey that an alias leads to, or null.</summary>
    ValueTask<StoredJourney?> FindByAliasAsync(AliasKey alias, CancellationToken cancellation);

    /// <summary>
    /// Reads every archived pack in the order of commit, for replay. The result may include packs committed while it is
    /// read.
    /// </summary>
    IAsyncEnumerable<EventPack> ReadPacksAsync(CancellationToken cancellation);
}
