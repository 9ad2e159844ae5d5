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

    private readonly BrandCalendar? before;
    private readonly Timestamp sealedBefore;
    private ZoneInterval latestInterval;

    private BrandCalendar(DateTimeZone zone, BrandCalendar? before, Timestamp sealedBefore)
    {
        (Zone, this.before, this.sealedBefore) = (zone, before, sealedBefore);
        latestInterval = zone.GetZoneInterval(NodaConstants.UnixEpoch);
    }

    /// <summary>Gets the IANA id of the time zone.</summary>
    public string TimeZone => Zone.Id;

    /// <summary>Gets the time zone.</summary>
    internal DateTimeZone Zone { get; }

    /// <summary>Gets a value indicating that earlier days keep those of another version of the time zone.</summary>
    internal bool HasSealedDays => before is not null;

    /// <summary>Returns the calendar of an IANA time zone from the bundled tz database.</summary>
    /// <returns>The calendar; null if the time zone is unknown.</returns>
    public static BrandCalendar? ForTimeZone(string timeZone) => TimeZoneHistory.Bundled.FindCalendar(timeZone);

    /// <summary>Returns the local day of an instant.</summary>
    public DateOnly DayOf(Timestamp at)
    {
        if (before is not null && at < sealedBefore) return before.DayOf(at);
        var instant = Instant.FromUnixTimeMilliseconds(at.UnixMilliseconds);
        var interval = latestInterval;
        if (!interval.Contains(instant)) latestInterval = interval = Zone.GetZoneInterval(instant);
        var localDays = Math.Floor((at.UnixMilliseconds + interval.WallOffset.Milliseconds) / 86_400_000.0);
        return DateOnly.FromDayNumber((int)localDays + UnixEpochDay);
    }

    /// <summary>Returns the first instant of a local day.</summary>
    public Timestamp StartOf(DateOnly day)
    {
        var start = new Timestamp(
            Zone.AtStartOfDay(new LocalDate(day.Year, day.Month, day.Day)).ToInstant().ToUnixTimeMilliseconds());
        if (before is null || start >= sealedBefore) return start;
        var startBefore = before.StartOf(day);
        return startBefore < sealedBefore ? startBefore : sealedBefore;
    }

    /// <summary>Returns the first instant after a local day.</summary>
    public Timestamp EndOf(DateOnly day) => StartOf(day.AddDays(1));

    /// <summary>Returns the local date and time of an instant.</summary>
    public DateTime LocalTimeAt(Timestamp at) => before is not null && at < sealedBefore
        ? before.LocalTimeAt(at)
        : Instant.FromUnixTimeMilliseconds(at.UnixMilliseconds).InZone(Zone).ToDateTimeUnspecified();

    /// <summary>Creates a calendar.</summary>
    /// <param name="zone">The time zone.</param>
    /// <param name="before">The calendar of earlier instants; null if the time zone determines all days.</param>
    /// <param name="sealedBefore">The instants before this one have the days of <paramref name="before"/>.</param>
    internal static BrandCalendar Create(DateTimeZone zone, BrandCalendar? before, Timestamp sealedBefore) =>
        new(zone, before, sealedBefore);
}
