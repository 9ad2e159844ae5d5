using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage.Rollups;

/// <summary>The rollups of a brand over some days, as of one moment.</summary>
/// <param name="Cells">By day, campaign, creator (ordinal); none is zero throughout. To be read once.</param>
/// <param name="ClosedThrough">The last day that was closed then; null when none was.</param>
/// <param name="WaitingSince">Since when the oldest delta of any brand waits that is not in it yet; null when none does, and for an instant in the past, which no later fold changes.</param>
public sealed record RollupReading(IAsyncEnumerable<KeyValuePair<RollupKey, MeasureCell>> Cells, DateOnly? ClosedThrough, Timestamp? WaitingSince);
