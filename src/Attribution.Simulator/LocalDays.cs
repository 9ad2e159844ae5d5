namespace Attribution.Simulator;

/// <summary>The brand's local days, reckoned with the operating system's time zones: a second opinion beside the product's own.</summary>
internal sealed class LocalDays(string zone)
{
    private readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(zone);

    /// <summary>The local day of an instant.</summary>
    public DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    /// <summary>The local wall clock of an instant, with its offset.</summary>
    public DateTimeOffset LocalTimeAt(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone);

    /// <summary>The first instant of a local day, in UTC. (No zone used here skips a midnight.)</summary>
    public DateTimeOffset StartOf(DateOnly day) =>
        new(TimeZoneInfo.ConvertTimeToUtc(day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified), zone), TimeSpan.Zero);
}
