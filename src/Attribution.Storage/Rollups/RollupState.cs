using Attribution.Core.Values;

namespace Attribution.Storage.Rollups;

/// <summary>The state of a brand's rollups; equal states mean unchanged rollups.</summary>
/// <param name="LastFold">The number of the last fold; 0 if there is none.</param>
/// <param name="ClosedThrough">The last closed day; null if none is closed.</param>
/// <param name="WaitingSince">The time of the oldest waiting delta of any brand; null if none waits.</param>
public readonly record struct RollupState(long LastFold, DateOnly? ClosedThrough, Timestamp? WaitingSince);
