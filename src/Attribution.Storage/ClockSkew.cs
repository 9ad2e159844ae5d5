using Attribution.Core.Values;

namespace Attribution.Storage;

/// <summary>The rule for stored instants that lie ahead of the clock.</summary>
public static class ClockSkew
{
    /// <summary>The greatest difference that is expected between the clocks of a store's processes.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Returns true if a stored instant of the past lies so far ahead that the clock was wrong when it was written, or is
    /// wrong now. Such an instant is void: whatever waits for it would stand still until the clock has caught up.
    /// </summary>
    /// <param name="instant">The stored instant.</param>
    /// <param name="now">The current time.</param>
    public static bool IsAheadOf(this Timestamp instant, Timestamp now) => instant - now > Max;

    /// <summary>Returns true if the end of a period lies further ahead than the whole period. Such an end is void.</summary>
    /// <param name="end">The stored end.</param>
    /// <param name="now">The current time.</param>
    /// <param name="length">The length of the period.</param>
    public static bool IsAheadOf(this Timestamp end, Timestamp now, TimeSpan length) => end - now > length + Max;
}
