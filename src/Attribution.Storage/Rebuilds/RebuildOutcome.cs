namespace Attribution.Storage.Rebuilds;

/// <summary>What a rebuild changed; all 0 where the books were right.</summary>
/// <param name="Conversions">Conversions whose ledger lines did not sum to their credit.</param>
/// <param name="Lines">Ledger lines appended for them.</param>
/// <param name="Cells">Rollup cells that did not hold what journeys and costs add up to.</param>
public sealed record RebuildOutcome(long Conversions, long Lines, long Cells);
