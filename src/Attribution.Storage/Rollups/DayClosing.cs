using Attribution.Core.Values;

namespace Attribution.Storage.Rollups;

/// <summary>A closing of a brand's days.</summary>
/// <param name="Through">The last closed day.</param>
/// <param name="At">The time of the closing.</param>
internal readonly record struct DayClosing(DateOnly Through, Timestamp At)
{
    /// <summary>
    /// Returns the closing to be stored, at a time that is not before the last closing's; null if the days are already
    /// closed.
    /// </summary>
    public static DayClosing? Next(DayClosing? last, DateOnly through, Timestamp at) => last switch
    {
        null => new(through, at),
        { } closing when through <= closing.Through => null,
        { } closing => new(through, closing.At > at ? closing.At : at),
    };
}
