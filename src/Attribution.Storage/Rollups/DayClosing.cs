using Attribution.Core.Values;

namespace Attribution.Storage.Rollups;

/// <summary>A closing of a brand's days.</summary>
/// <param name="Through">The last closed day.</param>
/// <param name="At">The time of the closing.</param>
internal readonly record struct DayClosing(DateOnly Through, Timestamp At)
{
    /// <summary>Returns true if days through one are not all closed yet.</summary>
    /// <param name="closedThrough">The last closed day; null if none is closed.</param>
    /// <param name="through">The last day to be closed.</param>
    public static bool IsNeeded(DateOnly? closedThrough, DateOnly through) => !(through <= closedThrough);
}
