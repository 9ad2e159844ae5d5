using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage.Rollups;

/// <summary>The rollups of a brand over a range of days, as of one moment.</summary>
/// <param name="Cells">
/// The cells by day, campaign and creator (ordinal), none of them zero. Can be enumerated once.
/// </param>
/// <param name="ClosedThrough">The last day closed at that time; null if none was.</param>
/// <param name="WaitingSince">
/// The time of the oldest waiting delta of any brand, which is not included yet; null if none waits, and for an earlier
/// time.
/// </param>
public sealed record RollupReading(
    IAsyncEnumerable<KeyValuePair<RollupKey, MeasureCell>> Cells, DateOnly? ClosedThrough, Timestamp? WaitingSince);
