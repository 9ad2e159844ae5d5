using System.Globalization;

namespace Attribution.Core.Values;

/// <summary>Months of a brand's calendar, represented by any of their days; as text <c>2026-03</c>.</summary>
public static class CalendarMonth
{
    private const string Format = "yyyy-MM";

    /// <summary>Returns the first day of a day's month.</summary>
    public static DateOnly FirstOf(DateOnly day) => day.AddDays(1 - day.Day);

    /// <summary>Returns the last day of a day's month.</summary>
    public static DateOnly LastOf(DateOnly day) => new(day.Year, day.Month, DateTime.DaysInMonth(day.Year, day.Month));

    /// <summary>Returns a day's month as text.</summary>
    public static string TextOf(DateOnly day) => day.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Parses a month and returns its first day.</summary>
    public static bool TryParse(string? text, out DateOnly first) =>
        DateOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out first);
}
