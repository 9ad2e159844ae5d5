using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.TestKit;

namespace Attribution.Core.Tests.Catalog;

public sealed class BrandCalendarTests
{
    /// <summary>Days of 23 and 25 hours of New York and Berlin, 2024 to 2026, from the IANA tz database.</summary>
    [Fact]
    public void Irregular_days_begin_and_end_as_published()
    {
        foreach (var row in File.ReadLines(TestData.Path("tz_dst/irregular_days.csv")).Skip(1).Select(line => line.Split(',')))
        {
            var (calendar, day) = (BrandCalendar.ForTimeZone(row[0])!, DateOnly.Parse(row[1], CultureInfo.InvariantCulture));
            var (start, end) = (At(row[2]), At(row[3]));
            calendar.StartOf(day).ShouldBe(start);
            calendar.EndOf(day).ShouldBe(end);
            calendar.DayOf(start).ShouldBe(day);
            calendar.DayOf(new(start.UnixMilliseconds - 1)).ShouldBe(day.AddDays(-1));
            calendar.DayOf(new(end.UnixMilliseconds - 1)).ShouldBe(day);
            calendar.DayOf(end).ShouldBe(day.AddDays(1));
            (end - start).TotalMinutes.ShouldBe(double.Parse(row[4], CultureInfo.InvariantCulture));
        }
    }

    [Theory]
    [InlineData("America/Havana", "2024-03-10")]
    [InlineData("Africa/Cairo", "2024-04-26")]
    [InlineData("Asia/Beirut", "2024-03-31")]
    [InlineData("Australia/Lord_Howe", "2024-10-06")]
    public void Day_without_a_midnight_begins_where_the_previous_day_ends(string zone, string date)
    {
        var (calendar, day) = (BrandCalendar.ForTimeZone(zone)!, DateOnly.Parse(date, CultureInfo.InvariantCulture));
        var start = calendar.StartOf(day);
        calendar.DayOf(start).ShouldBe(day);
        calendar.DayOf(new(start.UnixMilliseconds - 1)).ShouldBe(day.AddDays(-1));
        calendar.EndOf(day.AddDays(-1)).ShouldBe(start);
    }

    [Fact]
    public void Times_before_1970_map_to_days() =>
        BrandCalendar.ForTimeZone("Etc/UTC")!.DayOf(new(-1)).ShouldBe(new DateOnly(1969, 12, 31));

    [Fact]
    public void Unknown_time_zone_is_not_found() => BrandCalendar.ForTimeZone("Mars/Olympus").ShouldBeNull();

    private static Timestamp At(string text) => Timestamp.From(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture));
}
