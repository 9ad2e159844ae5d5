using Attribution.Core.Journeys;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage.Rollups;

/// <summary>Comparison of rollups with journeys, and corrections.</summary>
public interface IReconciliationStore
{
    /// <summary>
    /// Reads, as of one moment, the sums of all rollups and waiting deltas of every brand, and every live journey.
    /// </summary>
    /// <param name="onJourney">Called once per live journey, in no particular order.</param>
    /// <param name="cancellation">Cancels the read.</param>
    /// <returns>
    /// The rollups plus the waiting deltas, less the booked adjustments of agreements, by key: the expected sum of
    /// journeys and costs. Also the catalog version and the generation of journeys at that moment.
    /// </returns>
    ValueTask<(MeasureSums Sums, long CatalogVersion, long Generation)> ReadForReconciliationAsync(
        Action<Journey> onJourney, CancellationToken cancellation);

    /// <summary>
    /// Compares the precomputed sums with the rollups, if the store keeps any, and corrects those that differ. Works in
    /// parts, so that other writers can proceed.
    /// </summary>
    /// <param name="cancellation">Cancels the repair; finished corrections are kept.</param>
    /// <returns>The number of sums that differed; expected: 0.</returns>
    ValueTask<int> RepairSumsAsync(CancellationToken cancellation);

    /// <summary>Appends one delta document per brand with the measures that reconciliation found missing.</summary>
    /// <param name="deltas">The missing measures.</param>
    /// <param name="generation">
    /// The generation of journeys that was compared; null if the deltas do not depend on journeys.
    /// </param>
    /// <param name="at">The time of the correction.</param>
    /// <param name="cancellation">Cancels the write.</param>
    /// <returns>
    /// False if a rebuild has replaced the generation, which corrects the difference as well; nothing was written.
    /// </returns>
    ValueTask<bool> AppendCorrectionAsync(
        MeasureSums deltas, long? generation, Timestamp at, CancellationToken cancellation);
}
