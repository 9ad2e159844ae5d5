using Attribution.Core.Values;

namespace Attribution.Storage.Rollups;

/// <summary>Where the rollups of a brand stand.</summary>
/// <param name="LastFold">The number of the last fold that changed them; 0: none has.</param>
/// <param name="ClosedThrough">The last day that is closed; null when none is.</param>
/// <param name="WaitingSince">Since when the oldest delta of any brand waits to be folded; null when none does.</param>
public readonly record struct RollupState(long LastFold, DateOnly? ClosedThrough, Timestamp? WaitingSince);
