using Attribution.Core.Quality;
using Attribution.Core.Values;

namespace Attribution.Core.Tests.Quality;

/// <summary>A shop's pace is that of its hours of the week.</summary>
public sealed class DeliveryPaceTests
{
    // Hour 0 of UTC on a Monday.
    private const long Monday = 24 * 20_787;

    [Fact]
    public void Pace_is_unknown_for_less_than_a_week()
    {
        DeliveryPace.FromHours([]).ShouldBeNull();
        DeliveryPace.FromHours([Monday]).ShouldBeNull();
        DeliveryPace.FromHours([Monday, Monday + 166]).ShouldBeNull();
        DeliveryPace.FromHours([Monday, Monday + 167]).ShouldNotBeNull();
    }

    /// <summary>Weekdays from 9 to 17 o'clock: a night and a weekend miss nothing, the next working day does.</summary>
    [Theory]
    [InlineData(0, 17, 0)]
    [InlineData(0, 23, 0)]
    [InlineData(1, 9, 0)]
    [InlineData(1, 10, 1)]
    [InlineData(1, 13, 4)]
    [InlineData(1, 14, 5)]
    [InlineData(2, 9, 8)]
    [InlineData(7 + 1, 9, 40)]
    [InlineData(70 + 1, 9, 400)]
    public void Quiet_hours_are_not_missed(int day, int hour, double missed)
    {
        // Four weeks, to the end of a Monday.
        var hours = from d in Enumerable.Range(0, 29) where d % 7 < 5 from h in Enumerable.Range(9, 8) select Monday + (d * 24L) + h;
        var pace = DeliveryPace.FromHours(hours).ShouldNotBeNull();
        pace.HoursOfWeek.ShouldBe(40, 0.01);
        pace.GetMissedHours(At(Monday + ((28 + day) * 24) + hour)).ShouldBe(missed, 0.01);
    }

    [Fact]
    public void Weekend_after_a_friday_is_not_missed()
    {
        var hours = from d in Enumerable.Range(0, 26) where d % 7 < 5 from h in Enumerable.Range(9, 8) select Monday + (d * 24L) + h;
        var pace = DeliveryPace.FromHours(hours).ShouldNotBeNull();
        pace.GetMissedHours(At(Monday + (28 * 24) + 9)).ShouldBe(0);
        pace.GetMissedHours(At(Monday + (28 * 24) + 14)).ShouldBe(5, 0.01);
    }

    [Fact]
    public void Hours_of_more_than_four_weeks_ago_are_forgotten()
    {
        var busy = Enumerable.Range(0, 168).Select(hour => Monday + hour);
        var daily = Enumerable.Range(7, 28).Select(day => Monday + (day * 24L) + 23);
        DeliveryPace.FromHours([.. busy, .. daily]).ShouldNotBeNull().HoursOfWeek.ShouldBe(7, 0.01);
    }

    [Fact]
    public void Hours_before_1970_have_their_own_numbers()
    {
        DeliveryPace.HourOf(new Timestamp(-1)).ShouldBe(-1);
        DeliveryPace.HourOf(new Timestamp(3_599_999)).ShouldBe(0);
    }

    private static Timestamp At(long hour) => new(hour * 3_600_000);
}
