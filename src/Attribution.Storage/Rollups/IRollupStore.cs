using Attribution.Core.Journeys;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage.Rollups;

/// <summary>Daily rollups, the deltas that wait to be folded into them and the manifests of what was folded.</summary>
public interface IRollupStore
{
    /// <summary>
    /// Folds up to <paramref name="limit"/> waiting delta documents, oldest first, in one transaction a brand: adds their sums to the
    /// rollups (one that comes to nothing but zeros is removed), writes a manifest of them, removes them. Unmatched names are counted
    /// apart, and stand in no manifest. A store may fold fewer, so that what it holds at a time is bounded, but at least one of a brand.
    /// </summary>
    /// <returns>How many were folded; 0 when none waited.</returns>
    /// <exception cref="OverflowException">A sum of a brand leaves 64 bits. Its deltas go on waiting; those of all others were folded first.</exception>
    ValueTask<int> FoldAsync(int limit, Timestamp at, CancellationToken cancellation);

    /// <summary>How many delta documents wait, and since when the oldest (null when none).</summary>
    ValueTask<(long Count, Timestamp? Oldest)> ReadBacklogAsync(CancellationToken cancellation);

    /// <summary>
    /// The rollups of a brand from one local day to another, read as of one moment; or, of the same moment, less everything that was folded
    /// after an instant: the rollups as they stood at that instant.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="from">First day, inside.</param>
    /// <param name="to">Last day, inside.</param>
    /// <param name="asOf">The instant; what was folded at it is inside. Null: as they stand now.</param>
    /// <param name="cancellation">Stops the reading.</param>
    ValueTask<RollupReading> ReadRollupsAsync(string brand, DateOnly from, DateOnly to, Timestamp? asOf, CancellationToken cancellation);

    /// <summary>
    /// Rollups of a brand added up in several ways, all as of one moment: for each question exactly the sums of what <see cref="ReadRollupsAsync"/>
    /// would answer at that moment, in the questions' order.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="questions">What is added up, and what kept apart. What each comes to is held as a whole: see <see cref="RollupGrain"/>.</param>
    /// <param name="asOf">The instant; null: as they stand now.</param>
    /// <param name="cancellation">Stops the reading.</param>
    ValueTask<IReadOnlyList<RollupReading>> SumRollupsAsync(string brand, IReadOnlyList<RollupSumQuery> questions, Timestamp? asOf, CancellationToken cancellation);

    /// <summary>
    /// How some placements went, as they stand now: of each, in the order asked, a number for each day from one to another; or, where <paramref name="byFortnight"/>, for each
    /// <see cref="RollupFortnight"/> that these days touch, of its days among them. One reading for a page of rows: it costs a look a placement and day, or fortnight, whatever else the store holds.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="placements">Which; not many.</param>
    /// <param name="from">First day, inside.</param>
    /// <param name="to">Last day, inside, not before the first.</param>
    /// <param name="byFortnight">Whether days are added up.</param>
    /// <param name="number">What a rollup comes to: of two added up, the sum of what they come to. It may not keep the cell.</param>
    /// <param name="cancellation">Stops the reading.</param>
    ValueTask<IReadOnlyList<long[]>> ReadTrendsAsync(
        string brand, IReadOnlyList<Placement> placements, DateOnly from, DateOnly to, bool byFortnight, Func<MeasureCell, long> number, CancellationToken cancellation);

    /// <summary>
    /// Rollups of a brand that changed since a place, each as it stands now: from no place on all there are, by day, then what later folds changed. Who asks again
    /// from the place answered misses no change; a rollup that changes while it is read may come again. What waits to be folded comes when it is.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="after">The place answered last; null: everything.</param>
    /// <param name="limit">About so many, at least 1: whole days, or all that a fold changed, come at once.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="ArgumentException">The place is none that this store answered, or the store went back to an older copy since.</exception>
    ValueTask<RollupChanges> ReadChangesAsync(string brand, string? after, int limit, CancellationToken cancellation);

    /// <summary>What is the same at two moments when the rollups of a brand are, and their days stand open or closed alike.</summary>
    ValueTask<RollupState> ReadStateAsync(string brand, CancellationToken cancellation);

    /// <summary>The rollups of a brand as a whole (<see cref="RollupKey.Total"/>) as they stand now, of every day that has any, in order of days.</summary>
    ValueTask<IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>>> ReadTotalsAsync(string brand, CancellationToken cancellation);

    /// <summary>
    /// The names of a brand that matched nothing, with how often, most often first, then by kind and name (ordinal), from the cursor on
    /// (null: from the first); at most <paramref name="limit"/>, and the cursor of the next, null at the end.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="kind">Of this kind only; null: of all.</param>
    /// <param name="cursor">Where to begin.</param>
    /// <param name="limit">At most so many; at least 1.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="ArgumentException">The cursor is none that this answered.</exception>
    ValueTask<(IReadOnlyList<UnmatchedName> Names, string? Cursor)> ListUnmatchedAsync(
        string brand, UnmatchedKind? kind, string? cursor, int limit, CancellationToken cancellation);

    /// <summary>The last local day of the brand that is closed; null when none is.</summary>
    ValueTask<DateOnly?> ReadClosedThroughAsync(string brand, CancellationToken cancellation);

    /// <summary>
    /// Closes the brand's days through one, and keeps when; never opens any again, nor moves the instant of those that are closed. What
    /// waits of the brand is folded in the same transaction: all that was committed before stands in the days as they closed, and all that
    /// is committed later to a day of them restates it. The instant kept is never before that of the closing before it, whatever the
    /// clocks of several hosts say.
    /// </summary>
    ValueTask CloseDaysAsync(string brand, DateOnly through, Timestamp at, CancellationToken cancellation);

    /// <summary>
    /// As of one moment: every rollup and every waiting delta of every brand summed, and every live journey, for the caller to compare.
    /// </summary>
    /// <param name="onJourney">Called once a live journey, in no order.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>
    /// Rollups plus waiting deltas, less the agreements' adjustments as booked, by key: what journeys and costs should come to. And the catalog
    /// version and generation of journeys of the moment.
    /// </returns>
    ValueTask<(MeasureSums Sums, long CatalogVersion, long Generation)> ReadForReconciliationAsync(Action<Journey> onJourney, CancellationToken cancellation);

    /// <summary>
    /// Compares the sums that the store keeps beside the rollups, if it keeps any, with them, and puts right what differs; a part at a time, while others go on writing.
    /// </summary>
    /// <param name="cancellation">Stops it; what was put right stays so.</param>
    /// <returns>How many sums differed; expected: 0.</returns>
    ValueTask<int> RepairSumsAsync(CancellationToken cancellation);

    /// <summary>Appends a delta document a brand: what reconciling found missing.</summary>
    /// <param name="deltas">What is missing.</param>
    /// <param name="generation">The generation of journeys it was found with; null: it has nothing to do with journeys.</param>
    /// <param name="at">When.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>False: the journeys are of another generation by now, which put right what it found, and nothing was written.</returns>
    ValueTask<bool> AppendCorrectionAsync(MeasureSums deltas, long? generation, Timestamp at, CancellationToken cancellation);

    /// <summary>
    /// Takes a lease or prolongs it: it is held by one holder until its term ends, unless prolonged or given back before. It keeps several
    /// processes from doing the same work at the same time, mostly: their clocks may differ and a holder may be slow, so nothing may
    /// depend on it but the saving of work.
    /// </summary>
    /// <param name="lease">Its name.</param>
    /// <param name="holder">Who asks.</param>
    /// <param name="now">The asker's clock.</param>
    /// <param name="until">The end of the term, itself outside.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether the asker holds it now: it did already, nobody did, or the other's term is over.</returns>
    ValueTask<bool> TryAcquireLeaseAsync(string lease, string holder, Timestamp now, Timestamp until, CancellationToken cancellation);

    /// <summary>Gives a lease back, where the asker holds it.</summary>
    ValueTask ReleaseLeaseAsync(string lease, string holder, CancellationToken cancellation);

    /// <summary>When a job last ended well, the latest noted; null when it never did.</summary>
    ValueTask<Timestamp?> ReadLastJobRunAsync(string job, CancellationToken cancellation);

    /// <summary>Notes that a job ended well.</summary>
    ValueTask RecordJobRunAsync(string job, Timestamp at, CancellationToken cancellation);

    /// <summary>The latest attempt to fit a brand's models; null when there was none.</summary>
    ValueTask<FitAttempt?> ReadLastFitAttemptAsync(string brand, CancellationToken cancellation);

    /// <summary>Notes an attempt in the place of the one before.</summary>
    ValueTask RecordFitAttemptAsync(FitAttempt attempt, CancellationToken cancellation);

    /// <summary>
    /// The manifests of a brand that were folded after an instant, by number: the rollups less these are the rollups as they stood then.
    /// What is folded meanwhile may come too.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="after">The instant, itself outside; null: since ever.</param>
    /// <param name="cancellation">Stops the reading.</param>
    IAsyncEnumerable<FoldManifestDocument> ReadManifestsAsync(string brand, Timestamp? after, CancellationToken cancellation);
}
