using NodaTime;

namespace Attribution.Simulator;

/// <summary>
/// The brand's local days, computed with NodaTime's time zones: the operating system's can be of another version of the
/// tz database than the product's. The computation is independent of the product's own.
/// </summary>
internal sealed class LocalDays(string zone)
{
    private readonly DateTimeZone zone = DateTimeZoneProviders.Tzdb[zone];

    /// <summary>Returns the local day of an instant.</summary>
    public DateOnly DayOf(DateTimeOffset at) => Instant.FromDateTimeOffset(at).InZone(zone).Date.ToDateOnly();

    /// <summary>Returns the local time of an instant, with its offset.</summary>
    public DateTimeOffset LocalTimeAt(DateTimeOffset at) => Instant.FromDateTimeOffset(at).InZone(zone).ToDateTimeOffset();

    /// <summary>Returns the first instant of a local day, in UTC.</summary>
    public DateTimeOffset StartOf(DateOnly day) => zone.AtStartOfDay(LocalDate.FromDateOnly(day)).ToInstant().ToDateTimeOffset();
}
