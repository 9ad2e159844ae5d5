namespace Attribution.Storage.Erasures;

/// <summary>The changes made by an erasure.</summary>
/// <param name="Events">The number of archived events from which the person was removed.</param>
/// <param name="Journeys">The number of journeys from which the person was removed.</param>
/// <param name="Aliases">The number of deleted aliases.</param>
/// <param name="LedgerLines">The number of ledger entries whose cause named the person.</param>
/// <param name="Rejections">The number of deleted rejections that named the person.</param>
/// <param name="Remaining">
/// The number of archived events that still contain one of the person's identifiers, for example as part of an order
/// id.
/// </param>
public sealed record ErasureOutcome(
    long Events, long Journeys, long Aliases, long LedgerLines, long Rejections, long Remaining);
