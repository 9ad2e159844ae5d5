using System.Globalization;
using System.Text.RegularExpressions;

namespace Attribution.Core.Values;

/// <summary>
/// ISO 8601 durations of fixed length: weeks, days of 24 hours, hours, minutes, seconds (<c>P30D</c>, <c>PT30M</c>).
/// Years and months have no fixed length and are not supported.
/// </summary>
public static partial class IsoDuration
{
    /// <summary>The text of a duration below one second.</summary>
    public const string Zero = "PT0S";

    /// <summary>Parses a duration.</summary>
    /// <returns>False if the text is not such a duration, or exceeds 10,000 days.</returns>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var match = Pattern().Match(text);
        if (!match.Success || text.EndsWith('P') || text.EndsWith('T')) return false;
        long Part(string name) =>
            match.Groups[name].Success ? long.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture) : 0;
        var seconds = ((Part("w") * 7 + Part("d")) * 24 + Part("h")) * 3600 + Part("m") * 60 + Part("s");
        if (seconds > 10_000L * 86_400) return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>
    /// Formats a duration in whole seconds, rounded down; negative durations count as zero: <c>P1DT2H</c>, <c>PT0S</c>.
    /// </summary>
    public static string Format(TimeSpan duration)
    {
        var whole = TimeSpan.FromSeconds(Math.Floor(Math.Max(0, duration.TotalSeconds)));
        if (whole == TimeSpan.Zero) return Zero;
        string Part(int value, char unit) =>
            value == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{value}{unit}");
        var time = Part(whole.Hours, 'H') + Part(whole.Minutes, 'M') + Part(whole.Seconds, 'S');
        return "P" + Part(whole.Days, 'D') + (time.Length == 0 ? "" : "T" + time);
    }

    [GeneratedRegex(
        @"^P(?:(?<w>\d{1,6})W)?(?:(?<d>\d{1,6})D)?(?:T(?:(?<h>\d{1,6})H)?(?:(?<m>\d{1,8})M)?(?:(?<s>\d{1,9})S)?)?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
