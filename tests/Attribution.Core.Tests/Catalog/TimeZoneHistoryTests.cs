using Attribution.Core.Catalog;
using Attribution.Core.Values;

namespace Attribution.Core.Tests.Catalog;

public sealed class TimeZoneHistoryTests
{
    private static readonly Timestamp Never = new(long.MinValue);

    [Theory]
    [InlineData("2026d", 202604)]
    [InlineData("2026f", 202606)]
    [InlineData("2026z", 202626)]
    [InlineData("2026za", 202627)]
    public void Version_is_the_name_of_its_number(string version, int number) => TimeZoneSet.VersionOf(number).ShouldBe(version);

    [Fact]
    public void Build_contains_its_own_time_zones_and_those_of_stores_that_record_none()
    {
        (TimeZoneSet.Unrecorded.Version, TimeZoneSet.Unrecorded.Number).ShouldBe(("2026d", 202604));
        (TimeZoneSet.Bundled.Version, TimeZoneSet.Bundled.Number).ShouldBe(("2026f", 202606));
        var parsed = TimeZoneSet.Parse(TimeZoneSet.Bundled.Content.ToArray());
        (parsed.Version, parsed.Contains("America/Winnipeg"), parsed.Contains("America/Nowhere")).ShouldBe(("2026f", true, false));
    }

    [Fact]
    public void Damaged_files_are_refused_at_every_length()
    {
        var content = TimeZoneSet.Unrecorded.Content.ToArray();
        Should.Throw<FormatException>(() => TimeZoneSet.Parse([]));
        Should.Throw<FormatException>(() => TimeZoneSet.Parse("{\"version\":\"2026f\"}"u8.ToArray()));
        for (var length = 1; length < content.Length; length += 4_001) Should.Throw<FormatException>(() => TimeZoneSet.Parse(content[..length]));
        for (var at = 5; at < content.Length; at += 7_001)
        {
            // A changed byte may still be a file of time zones. Any other exception than this one would end the process.
            var changed = (byte[])content.Clone();
            changed[at] ^= 0xff;
            try
            {
                TimeZoneSet.Parse(changed);
            }
            catch (FormatException)
            {
            }
        }
    }

    [Theory]
    [InlineData("America/Winnipeg", false)]
    [InlineData("Canada/Central", false)]
    [InlineData("America/Rainy_River", false)]
    [InlineData("America/Havana", false)]
    [InlineData("America/Edmonton", true)]
    [InlineData("Africa/Casablanca", true)]
    [InlineData("Europe/Berlin", true)]
    [InlineData("Etc/UTC", true)]
    public void Only_corrected_time_zones_are_changed(string zone, bool isUnchanged) => History(Never).IsUnchanged(zone).ShouldBe(isUnchanged);

    [Fact]
    public void Sealed_days_are_kept_and_later_ones_are_cut_again()
    {
        // Since 2026-11-01, Winnipeg is at UTC-06:00 in 2026d and at UTC-05:00 in 2026f.
        var (sealedBefore, half) = (At("2026-11-20T12:00:00Z"), TimeSpan.FromMinutes(30));
        var calendar = History(sealedBefore).FindCalendar("America/Winnipeg")!;
        calendar.DayOf(At("2026-11-10T05:30:00Z")).ShouldBe(new(2026, 11, 9));
        calendar.DayOf(At("2026-11-25T05:30:00Z")).ShouldBe(new(2026, 11, 25));
        calendar.StartOf(new(2026, 11, 10)).ShouldBe(At("2026-11-10T06:00:00Z"));
        calendar.StartOf(new(2026, 11, 25)).ShouldBe(At("2026-11-25T05:00:00Z"));
        calendar.LocalTimeAt(At("2026-11-10T05:30:00Z")).ShouldBe(new(2026, 11, 9, 23, 30, 0));
        for (var at = At("2026-10-30T00:00:00Z"); at < At("2026-11-30T00:00:00Z"); at += half)
            (calendar.StartOf(calendar.DayOf(at)) <= at && at < calendar.EndOf(calendar.DayOf(at))).ShouldBeTrue(at.ToString());
    }

    [Theory]
    [InlineData("2026-11-10T05:30:00Z")]
    [InlineData("2026-11-20T05:30:00Z")]
    public void Days_stay_whole_when_a_changed_hour_is_the_seal(string seal)
    {
        var calendar = History(At(seal)).FindCalendar("America/Winnipeg")!;
        for (var at = At("2026-11-01T00:00:00Z"); at < At("2026-11-30T00:00:00Z"); at += TimeSpan.FromMinutes(10))
            calendar.DayOf(at).ShouldBeLessThanOrEqualTo(calendar.DayOf(at + TimeSpan.FromMinutes(10)), at.ToString());
        calendar.StartOf(new(2026, 11, 25)).ShouldBe(At("2026-11-25T05:00:00Z"));
    }

    [Fact]
    public void Journeys_have_the_calendar_of_their_catalog()
    {
        var history = History(Never);
        var moved = At("2026-11-10T05:30:00Z");
        history.FindCalendarAt("America/Winnipeg", 6)!.DayOf(moved).ShouldBe(new(2026, 11, 9));
        history.FindCalendarAt("America/Winnipeg", -1)!.DayOf(moved).ShouldBe(new(2026, 11, 9));
        history.FindCalendarAt("America/Winnipeg", 7)!.DayOf(moved).ShouldBe(new(2026, 11, 10));
        history.At(6).Current.Set.Version.ShouldBe("2026d");
        history.FindCalendar("America/Nowhere").ShouldBeNull();
    }

    private static Timestamp At(string time) => Timestamp.From(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture));

    private static TimeZoneHistory History(Timestamp sealedBefore) =>
        new([new(TimeZoneSet.Unrecorded, 0, Never), new(TimeZoneSet.Bundled, 7, sealedBefore)]);
}
