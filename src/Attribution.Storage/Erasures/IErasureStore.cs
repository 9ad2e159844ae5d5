using Attribution.Core.Identity;
using Attribution.Core.Values;

namespace Attribution.Storage.Erasures;

/// <summary>Takes a person out of all that is stored.</summary>
public interface IErasureStore
{
    /// <summary>
    /// Has packs, journeys, ledger lines (what caused them), aliases and rejections name the person no more, in one transaction. Amounts,
    /// rollups and credits stay as they are. Bytes of before may lie in the file until it is compacted.
    /// </summary>
    /// <returns>What changed; null: a rebuild goes on, whose copy names them still, and nothing was done.</returns>
    ValueTask<ErasureOutcome?> EraseAsync(PersonErasure erasure, CancellationToken cancellation);

    /// <summary>Deletes the rejections that were received before an instant, outside.</summary>
    /// <returns>How many.</returns>
    ValueTask<long> DeleteRejectionsBeforeAsync(Timestamp before, CancellationToken cancellation);

    /// <summary>
    /// Deletes archived packs from the oldest on, up to the first that was received at an instant or after, at most 1,000 at once. Journeys, ledger and
    /// rollups stay; from then on the store cannot be rebuilt. None while a rebuild goes on.
    /// </summary>
    /// <returns>How many; 0 when there are none left to delete, or none may be.</returns>
    ValueTask<long> DeletePacksBeforeAsync(Timestamp before, CancellationToken cancellation);

    /// <summary>Rewrites the files so that nothing is in them but what is stored. Takes as long as they are large, and writers wait for it.</summary>
    /// <exception cref="TimeoutException">Somebody reads on; what is stored is right, and bytes of before may lie in the log still.</exception>
    ValueTask CompactAsync(CancellationToken cancellation);
}

/// <summary>What an erasure changed.</summary>
/// <param name="Events">Archived events without the person now.</param>
/// <param name="Journeys">Journeys without them.</param>
/// <param name="Aliases">Aliases that lead nowhere any more.</param>
/// <param name="LedgerLines">Ledger lines whose cause was named by them.</param>
/// <param name="Rejections">Refused events that named them, deleted.</param>
/// <param name="Remaining">Archived events that hold one of their identifiers still: as part of an order's id or the like.</param>
public sealed record ErasureOutcome(long Events, long Journeys, long Aliases, long LedgerLines, long Rejections, long Remaining);
