namespace Attribution.Simulator;

/// <summary>
/// The brand's local days, computed with the operating system's time zones, independently of the product's own
/// computation.
/// </summary>
internal sealed class LocalDays(string zone)
{
    private readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(zone);

    /// <summary>Returns the local day of an instant.</summary>
    public DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    /// <summary>Returns the local time of an instant, with its offset.</summary>
    public DateTimeOffset LocalTimeAt(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone);

    /// <summary>
    /// Returns the first instant of a local day, in UTC. No time zone of the simulator skips a midnight.
    /// </summary>
    public DateTimeOffset StartOf(DateOnly day) =>
        new(TimeZoneInfo.ConvertTimeToUtc(day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified), zone), TimeSpan.Zero);
}
