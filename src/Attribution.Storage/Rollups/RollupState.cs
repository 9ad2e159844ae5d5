using Attribution.Core.Values;

namespace Attribution.Storage.Rollups;

/// <summary>The state of a brand's rollups; equal states mean unchanged rollups.</summary>
/// <param name="Moment">The changes that the rollups include.</param>
/// <param name="WaitingSince">The time of the oldest waiting delta of any brand; null if none waits.</param>
public readonly record struct RollupState(ReportMoment Moment, Timestamp? WaitingSince)
{
    /// <summary>Gets the number of the last fold; 0 if there is none.</summary>
    public long LastFold => Moment.LastFold;

    /// <summary>Gets the last closed day; null if none is closed.</summary>
    public DateOnly? ClosedThrough => Moment.ClosedThrough;
}
