namespace Attribution.Simulator.Shop;

/// <summary>The rhythm of visits: more at weekends, after payday and in the evening.</summary>
internal static class ShopRhythm
{
    private static readonly double[] Hours =
        [0.5, 0.3, 0.2, 0.1, 0.1, 0.2, 0.5, 0.9, 1, 1, 1.1, 1.2, 1.5, 1.3, 1.1, 1.1, 1.2, 1.4, 1.8, 2.3, 2.7, 2.6, 1.9, 1.1];

    private static readonly int[] HoursOfDay = [.. Enumerable.Range(0, 24)];

    /// <summary>Returns the relative number of visitors of a day; about 1 on the average.</summary>
    public static double Of(DateOnly day)
    {
        var weekday = day.DayOfWeek switch
        {
            DayOfWeek.Saturday => 1.2, DayOfWeek.Sunday => 1.3, DayOfWeek.Friday => 1.05, DayOfWeek.Thursday => 0.95, _ => 0.85,
        };
        return day.Day is >= 28 or <= 2 ? weekday * 1.25 : weekday;
    }

    /// <summary>Returns a random time of day.</summary>
    public static TimeSpan TimeOfDay(SeededRandom random) =>
        TimeSpan.FromHours(random.Pick(HoursOfDay, hour => Hours[hour])) + random.Next(TimeSpan.Zero, TimeSpan.FromHours(1));
}
