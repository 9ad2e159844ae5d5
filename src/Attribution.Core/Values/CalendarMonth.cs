using System.Globalization;

namespace Attribution.Core.Values;

/// <summary>A month of a brand's calendar, by any of its days; in text <c>2026-03</c>.</summary>
public static class CalendarMonth
{
    private const string Format = "yyyy-MM";

    /// <summary>The first day of a day's month.</summary>
    public static DateOnly FirstOf(DateOnly day) => day.AddDays(1 - day.Day);

    /// <summary>The last day of a day's month.</summary>
    public static DateOnly LastOf(DateOnly day) => new(day.Year, day.Month, DateTime.DaysInMonth(day.Year, day.Month));

    /// <summary>A day's month in text.</summary>
    public static string TextOf(DateOnly day) => day.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Reads a month as its first day.</summary>
    public static bool TryParse(string? text, out DateOnly first) => DateOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out first);
}
