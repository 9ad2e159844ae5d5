namespace Attribution.Storage.Rebuilds;

/// <summary>The changes made by a rebuild; all 0 if ledger and rollups were correct.</summary>
/// <param name="Conversions">The number of conversions whose ledger entries did not sum to their credit.</param>
/// <param name="Lines">The number of ledger entries appended for them.</param>
/// <param name="Cells">The number of rollup cells that differed from the sum of journeys and costs.</param>
public sealed record RebuildOutcome(long Conversions, long Lines, long Cells);
