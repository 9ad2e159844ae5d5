using Attribution.Core.Values;
using NodaTime;
using NodaTime.TimeZones;

namespace Attribution.Core.Catalog;

/// <summary>
/// The local days of a time zone. A day lasts from its first instant (inclusive) to the first instant of the next day
/// (exclusive). It has 23 or 25 hours when the clocks change. If midnight is skipped, the day begins at the first
/// instant that exists.
/// </summary>
public sealed class BrandCalendar
{
    private static readonly int UnixEpochDay = new DateOnly(1970, 1, 1).DayNumber;

    private readonly DateTimeZone zone;
    private ZoneInterval latestInterval;

    private BrandCalendar(DateTimeZone zone)
    {
        this.zone = zone;
        latestInterval = zone.GetZoneInterval(NodaConstants.UnixEpoch);
    }

    /// <summary>Returns the calendar of an IANA time zone from the bundled tz database.</summary>
    /// <returns>The calendar; null if the time zone is unknown.</returns>
    public static BrandCalendar? ForTimeZone(string timeZone) =>
        DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) is { } zone ? new BrandCalendar(zone) : null;

    /// <summary>Gets the IANA id of the time zone.</summary>
    public string TimeZone => zone.Id;

    /// <summary>Returns the local day of an instant.</summary>
    public DateOnly DayOf(Timestamp at)
    {
        var instant = Instant.FromUnixTimeMilliseconds(at.UnixMilliseconds);
        var interval = latestInterval;
        if (!interval.Contains(instant)) latestInterval = interval = zone.GetZoneInterval(instant);
        var localDays = Math.Floor((at.UnixMilliseconds + interval.WallOffset.Milliseconds) / 86_400_000.0);
        return DateOnly.FromDayNumber((int)localDays + UnixEpochDay);
    }

    /// <summary>Returns the first instant of a local day.</summary>
    public Timestamp StartOf(DateOnly day) =>
        new(zone.AtStartOfDay(new LocalDate(day.Year, day.Month, day.Day)).ToInstant().ToUnixTimeMilliseconds());

    /// <summary>Returns the first instant after a local day.</summary>
    public Timestamp EndOf(DateOnly day) => StartOf(day.AddDays(1));

    /// <summary>Returns the local date and time of an instant.</summary>
    public DateTime LocalTimeAt(Timestamp at) =>
        Instant.FromUnixTimeMilliseconds(at.UnixMilliseconds).InZone(zone).ToDateTimeUnspecified();
}
