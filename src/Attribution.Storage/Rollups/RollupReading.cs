using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage.Rollups;

/// <summary>The rollups of a brand over a range of days, as of one moment.</summary>
/// <param name="Cells">
/// The cells by day, campaign and creator (ordinal), none of them zero. Can be enumerated once.
/// </param>
/// <param name="Moment">The changes that the cells include.</param>
/// <param name="WaitingSince">
/// The time of the oldest waiting delta of any brand, which is not included yet; null if none waits, and for an earlier
/// time.
/// </param>
public sealed record RollupReading(
    IAsyncEnumerable<KeyValuePair<RollupKey, MeasureCell>> Cells, ReportMoment Moment, Timestamp? WaitingSince)
{
    /// <summary>Gets the last day closed at that time; null if none was.</summary>
    public DateOnly? ClosedThrough => Moment.ClosedThrough;
}
