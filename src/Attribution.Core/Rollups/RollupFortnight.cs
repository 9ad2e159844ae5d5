namespace Attribution.Core.Rollups;

/// <summary>
/// A period of fourteen days starting with a Monday, counted from the first day of the calendar. Sums over many days
/// are stored by it.
/// </summary>
public static class RollupFortnight
{
    /// <summary>Number of days.</summary>
    public const int Days = 14;

    /// <summary>Returns the first day of the fortnight that contains a day.</summary>
    public static DateOnly FirstDayOf(DateOnly day) => day.AddDays(-(day.DayNumber % Days));

    /// <summary>Returns the number of fortnights that overlap a range of days, both ends inclusive.</summary>
    public static int CountBetween(DateOnly from, DateOnly to) => (to.DayNumber / Days) - (from.DayNumber / Days) + 1;
}
