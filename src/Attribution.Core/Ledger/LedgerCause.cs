using Attribution.Core.Events;

namespace Attribution.Core.Ledger;

/// <summary>The cause of a change of a journey.</summary>
/// <param name="Events">The events added, in any order; empty if the catalog was the cause.</param>
/// <param name="Merged">True if journeys were merged.</param>
public sealed record LedgerCause(IReadOnlyList<JourneyEvent> Events, bool Merged);
