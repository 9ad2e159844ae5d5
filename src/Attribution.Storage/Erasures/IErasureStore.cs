using Attribution.Core.Identity;
using Attribution.Core.Values;

namespace Attribution.Storage.Erasures;

/// <summary>Erasure of people, and deletion of archived packs.</summary>
public interface IErasureStore
{
    /// <summary>
    /// Removes a person from packs, journeys, aliases, rejections and the causes of ledger entries, in one transaction.
    /// Amounts, rollups and credits stay as they are. The old bytes may remain in the file until it is compacted.
    /// </summary>
    /// <returns>
    /// The changes; null if a rebuild is under way, whose copy still contains the person, and nothing was done.
    /// </returns>
    ValueTask<ErasureOutcome?> EraseAsync(PersonErasure erasure, CancellationToken cancellation);

    /// <summary>
    /// Deletes archived packs, oldest first, up to the first one received at or after a time; at most 1,000 per call.
    /// Journeys, ledger and rollups stay. The store cannot be rebuilt afterwards. Deletes nothing while a rebuild is
    /// under way.
    /// </summary>
    /// <returns>The number of deleted packs; 0 if none are left to delete, or none may be deleted.</returns>
    ValueTask<long> DeletePacksBeforeAsync(Timestamp before, CancellationToken cancellation);

    /// <summary>
    /// Rewrites the files so that they contain current data only. The time it takes grows with their size, and writers
    /// wait for it.
    /// </summary>
    /// <exception cref="TimeoutException">
    /// A reader is still active. The stored data is correct, but old bytes may remain in the log.
    /// </exception>
    ValueTask CompactAsync(CancellationToken cancellation);
}
