using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage.Rollups;

/// <summary>Daily rollups, the deltas that wait to be folded into them and the manifests of past folds.</summary>
public interface IRollupStore
{
    /// <summary>
    /// Folds up to <paramref name="limit"/> waiting delta documents, oldest first, in one transaction per brand: adds
    /// their sums to the rollups, removes rollups that become zero, writes a manifest of the sums and removes the
    /// deltas. Unmatched names are counted separately and do not appear in manifests. A store may fold fewer documents
    /// to bound its memory, but at least one of a brand.
    /// </summary>
    /// <param name="limit">The maximum number of documents; at least 1.</param>
    /// <param name="clock">
    /// Returns the current time. It is called under the lock of the write. The manifest's time is later than that of
    /// every earlier change of the brand's reports (<see cref="ReportMoment"/>), even if hosts' clocks differ.
    /// </param>
    /// <param name="cancellation">Cancels the fold; the brands already folded stay so.</param>
    /// <returns>The number of folded documents; 0 if none waited.</returns>
    /// <exception cref="OverflowException">
    /// A sum of a brand exceeds 128 bits. Its deltas keep waiting; those of all other brands were folded.
    /// </exception>
    ValueTask<int> FoldAsync(int limit, Func<Timestamp> clock, CancellationToken cancellation);

    /// <summary>Counts the waiting delta documents and returns the time of the oldest (null if none waits).</summary>
    ValueTask<(long Count, Timestamp? Oldest)> ReadBacklogAsync(CancellationToken cancellation);

    /// <summary>
    /// Reads the rollups of a brand over a range of local days as of one moment, either as they are now or as they were
    /// at an earlier time. For an earlier time, everything folded after it is subtracted.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="from">The first day, inclusive.</param>
    /// <param name="to">The last day, inclusive.</param>
    /// <param name="asOf">The earlier time, inclusive of folds at that time; null reads the current rollups.</param>
    /// <param name="cancellation">Cancels the read.</param>
    ValueTask<RollupReading> ReadRollupsAsync(
        string brand, DateOnly from, DateOnly to, Timestamp? asOf, CancellationToken cancellation);

    /// <summary>
    /// Sums the rollups of a brand in several ways, all as of one moment. Each result equals the sums of what
    /// <see cref="ReadRollupsAsync"/> would return at that moment; results are in the order of the queries.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="queries">
    /// The queries. Each result is held in memory as a whole: see <see cref="RollupGrain"/>.
    /// </param>
    /// <param name="asOf">The earlier time; null reads the current rollups.</param>
    /// <param name="cancellation">Cancels the read.</param>
    ValueTask<IReadOnlyList<RollupReading>> SumRollupsAsync(
        string brand, IReadOnlyList<RollupSumQuery> queries, Timestamp? asOf, CancellationToken cancellation);

    /// <summary>
    /// Returns the current trend of each placement, in the order given: one number per day or, if
    /// <paramref name="byFortnight"/>, one per <see cref="RollupFortnight"/> that overlaps the days, summed over those
    /// days only. The cost is one lookup per placement and day or fortnight, independent of the size of the store.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="placements">The placements; a page of rows, not all of them.</param>
    /// <param name="from">The first day, inclusive.</param>
    /// <param name="to">The last day, inclusive; not before the first.</param>
    /// <param name="byFortnight">Specifies that days are summed by fortnight.</param>
    /// <param name="number">
    /// Converts a rollup to a number. It must be additive over rollups and must not keep the cell.
    /// </param>
    /// <param name="cancellation">Cancels the read.</param>
    ValueTask<IReadOnlyList<long[]>> ReadTrendsAsync(
        string brand,
        IReadOnlyList<Placement> placements,
        DateOnly from,
        DateOnly to,
        bool byFortnight,
        Func<MeasureCell, long> number,
        CancellationToken cancellation);

    /// <summary>
    /// Returns the rollups of a brand that changed since a cursor, with their current values. Without a cursor it
    /// returns all rollups by day, then those that later folds changed. A reader that continues from the returned
    /// cursor misses no change; a rollup that changes during the read may be repeated. Waiting deltas appear once they
    /// are folded.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="after">The cursor of the previous page; null starts with all rollups.</param>
    /// <param name="limit">
    /// The approximate number of rollups, at least 1: a whole day, or all changes of a fold, is never split.
    /// </param>
    /// <param name="cancellation">Cancels the read.</param>
    /// <exception cref="ArgumentException">
    /// This store did not return the cursor, or was restored from an older copy since.
    /// </exception>
    ValueTask<RollupChanges> ReadChangesAsync(string brand, string? after, int limit, CancellationToken cancellation);

    /// <summary>Returns a value that changes if the rollups of a brand, or its closed days, change.</summary>
    /// <param name="brand">The brand.</param>
    /// <param name="asOf">The earlier time; null reads the current state.</param>
    /// <param name="cancellation">Cancels the read.</param>
    ValueTask<RollupState> ReadStateAsync(string brand, Timestamp? asOf, CancellationToken cancellation);

    /// <summary>
    /// Returns the current brand totals (<see cref="RollupKey.Total"/>) of every day that has any, by day.
    /// </summary>
    ValueTask<IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>>> ReadTotalsAsync(
        string brand, CancellationToken cancellation);

    /// <summary>
    /// Returns the names of a brand that matched nothing, most frequent first, then by kind and name (ordinal), and the
    /// cursor of the next page, which is null at the end.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="kind">The kind of name; null selects all.</param>
    /// <param name="cursor">The cursor of this page; null starts with the first name.</param>
    /// <param name="limit">The maximum number of names; at least 1.</param>
    /// <param name="cancellation">Cancels the read.</param>
    /// <exception cref="ArgumentException">This method did not return the cursor.</exception>
    ValueTask<(IReadOnlyList<UnmatchedName> Names, string? Cursor)> ListUnmatchedAsync(
        string brand, UnmatchedKind? kind, string? cursor, int limit, CancellationToken cancellation);

    /// <summary>Returns the last closed local day of a brand; null if none is closed.</summary>
    ValueTask<DateOnly?> ReadClosedThroughAsync(string brand, CancellationToken cancellation);

    /// <summary>
    /// Closes a brand's days up to and including a day and stores the time. Closed days are never reopened and keep
    /// their time. The same transaction folds the brand's waiting deltas: whatever was committed before is part of the
    /// closed days, and whatever is committed later restates them. The stored time is later than that of every earlier
    /// change of the brand's reports (<see cref="ReportMoment"/>), even if hosts' clocks differ.
    /// </summary>
    ValueTask CloseDaysAsync(string brand, DateOnly through, Timestamp at, CancellationToken cancellation);

    /// <summary>
    /// Reads the manifests of a brand's folds after a time, by number. The rollups less these sums are the rollups as
    /// they were then. The result may include folds that happen while it is read.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="after">The time, exclusive; null reads all manifests.</param>
    /// <param name="cancellation">Cancels the read.</param>
    IAsyncEnumerable<FoldManifestDocument> ReadManifestsAsync(
        string brand, Timestamp? after, CancellationToken cancellation);
}
