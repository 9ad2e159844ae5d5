using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage.Rollups;

/// <summary>The number, time and days of a fold's manifest.</summary>
/// <param name="Number">The number: 1 for the brand's first, one more for each later.</param>
/// <param name="At">The time; never before the previous manifest's.</param>
/// <param name="FirstDay">The first day of the sums, inclusive.</param>
/// <param name="LastDay">The last day of the sums, inclusive.</param>
internal readonly record struct ManifestHeader(long Number, Timestamp At, DateOnly FirstDay, DateOnly LastDay)
{
    /// <summary>
    /// Returns the header of the manifest after the previous one (null: of the first). The sums must not be empty.
    /// </summary>
    public static ManifestHeader Next((long Number, Timestamp At)? previous, Timestamp at, MeasureSums sums)
    {
        var days = sums.Cells.Keys.Select(key => key.Day);
        return new(
            (previous?.Number ?? 0) + 1,
            previous is { } before && before.At > at ? before.At : at,
            days.Min(),
            days.Max());
    }
}
