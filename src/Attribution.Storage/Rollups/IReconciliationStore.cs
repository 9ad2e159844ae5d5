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
    /// <param name="faults">
    /// Receives the faults of brands whose data cannot be read or processed, including faults of
    /// <paramref name="onJourney"/>. The sums of these brands are incomplete.
    /// </param>
    /// <param name="cancellation">Cancels the read.</param>
    /// <returns>
    /// The rollups plus the waiting deltas, less the booked adjustments of agreements, by key: the expected sum of
    /// journeys and costs. Also the catalog version and the generation of journeys at that moment.
    /// </returns>
    ValueTask<(MeasureSums Sums, long CatalogVersion, long Generation)> ReadForReconciliationAsync(
        Action<Journey> onJourney, BrandFaults faults, CancellationToken cancellation);

    /// <summary>Reads the same for all brands.</summary>
    /// <exception cref="InvalidDataException">The data of a brand cannot be read or processed.</exception>
    async ValueTask<(MeasureSums Sums, long CatalogVersion, long Generation)> ReadForReconciliationAsync(
        Action<Journey> onJourney, CancellationToken cancellation)
    {
        var faults = new BrandFaults();
        var read = await ReadForReconciliationAsync(onJourney, faults, cancellation);
        faults.ThrowIfAny();
        return read;
    }

    /// <summary>
    /// Compares the precomputed sums with the rollups, if the store keeps any, and corrects those that differ. Works in
    /// parts, so that other writers can proceed.
    /// </summary>
    /// <param name="faults">Receives the faults of brands whose sums cannot be compared.</param>
    /// <param name="cancellation">Cancels the repair; finished corrections are kept.</param>
    /// <returns>The number of sums that differed; expected: 0.</returns>
    ValueTask<int> RepairSumsAsync(BrandFaults faults, CancellationToken cancellation);

    /// <summary>Compares and corrects the same for all brands.</summary>
    /// <exception cref="InvalidDataException">The sums of a brand cannot be compared.</exception>
    async ValueTask<int> RepairSumsAsync(CancellationToken cancellation)
    {
        var faults = new BrandFaults();
        var repaired = await RepairSumsAsync(faults, cancellation);
        faults.ThrowIfAny();
        return repaired;
    }

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
