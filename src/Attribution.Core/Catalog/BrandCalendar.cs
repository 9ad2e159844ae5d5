using Attribution.Core.Values;
using NodaTime;
using NodaTime.TimeZones;

namespace Attribution.Core.Catalog;

/// <summary>
/// The local days of a time zone. A day lasts from its first instant to the first of the next: 23 or 25 hours where the clocks change,
/// and it begins at the first instant that exists where midnight is skipped.
/// </summary>
public sealed class BrandCalendar
{
    private readonly DateTimeZone zone;
    private ZoneInterval interval;

    private BrandCalendar(DateTimeZone zone)
    {
        this.zone = zone;
        interval = zone.GetZoneInterval(NodaConstants.UnixEpoch);
    }

    /// <summary>The calendar of an IANA time zone of the bundled tz database.</summary>
    /// <returns>Null when there is no such zone.</returns>
    public static BrandCalendar? ForTimeZone(string timeZone) =>
        DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) is { } zone ? new BrandCalendar(zone) : null;

    /// <summary>The IANA id.</summary>
    public string TimeZone => zone.Id;

    /// <summary>The local day of an instant.</summary>
    public DateOnly DayOf(Timestamp at)
    {
        var instant = Instant.FromUnixTimeMilliseconds(at.UnixMilliseconds);
        var known = interval;
        if (!known.Contains(instant)) interval = known = zone.GetZoneInterval(instant);
        return DateOnly.FromDayNumber((int)Math.Floor((at.UnixMilliseconds + known.WallOffset.Milliseconds) / 86_400_000.0) + UnixEpochDay);
    }

    /// <summary>The first instant of a local day.</summary>
    public Timestamp StartOf(DateOnly day) =>
        new(zone.AtStartOfDay(new LocalDate(day.Year, day.Month, day.Day)).ToInstant().ToUnixTimeMilliseconds());

    /// <summary>The first instant after a local day.</summary>
    public Timestamp EndOf(DateOnly day) => StartOf(day.AddDays(1));

    /// <summary>What the clocks show at an instant.</summary>
    public DateTime LocalTimeAt(Timestamp at) => Instant.FromUnixTimeMilliseconds(at.UnixMilliseconds).InZone(zone).ToDateTimeUnspecified();

    private static readonly int UnixEpochDay = new DateOnly(1970, 1, 1).DayNumber;
}
