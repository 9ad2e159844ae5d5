namespace Attribution.Core.Rollups;

/// <summary>Fourteen days from a Monday on, counted from the first day of the calendar: what sums of many days are kept by.</summary>
public static class RollupFortnight
{
    /// <summary>How many days.</summary>
    public const int Days = 14;

    /// <summary>The first day of the fortnight that a day lies in.</summary>
    public static DateOnly FirstDayOf(DateOnly day) => day.AddDays(-(day.DayNumber % Days));

    /// <summary>How many fortnights the days from one to another, both inside, touch.</summary>
    public static int CountBetween(DateOnly from, DateOnly to) => to.DayNumber / Days - from.DayNumber / Days + 1;
}
