using System.Globalization;
using System.Text.Json;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Values;

namespace Attribution.Host.Reporting.Pages;

/// <summary>Formatter of numbers, days and times on pages, in the reader's culture and the brand's time zone.</summary>
internal sealed class PageFormat(CultureInfo culture, BrandSettings brand)
{
    /// <summary>The text of an absent value.</summary>
    public const string Absent = "–";

    private const string PercentSign = "\u00A0%";

    /// <summary>Formats a number with the decimals of its scale; a dash for null.</summary>
    public string Number(decimal? number) => number is { } value
        ? value.ToString(string.Create(CultureInfo.InvariantCulture, $"N{value.Scale}"), culture)
        : Absent;

    /// <summary>Formats an amount with the decimals of its currency; a dash for null.</summary>
    public string Number(Money? amount) => Number(amount?.Major);

    /// <summary>Formats a ratio with all of its decimals; a dash for null.</summary>
    public string Number(Ratio? ratio) => Number(ratio?.Value);

    /// <summary>Formats a count.</summary>
    public string Number(long number) => number.ToString("N0", culture);

    /// <summary>Formats a share without trailing zeros.</summary>
    public string Share(Share share) => share.Value.ToString("#,0.######", culture);

    /// <summary>Formats a percentage; a dash for null.</summary>
    public string Percent(decimal? percent) => percent is null ? Absent : Number(percent) + PercentSign;

    /// <summary>Formats a percentage; a dash for null.</summary>
    public string Percent(Ratio? percent) => Percent(percent?.Value);

    /// <summary>Formats a rate, for example 0.0412, as a percentage; a dash for null.</summary>
    public string Rate(decimal? rate) =>
        rate is { } value ? (value * 100).ToString("N2", culture) + PercentSign : Absent;

    /// <summary>Formats a rate, for example 0.0412, as a percentage; a dash for null.</summary>
    public string Rate(Ratio? rate) => Rate(rate?.Value);

    /// <summary>Formats a local day.</summary>
    public string Day(DateOnly day) => day.ToString("d", culture);

    /// <summary>Formats a month with its name, for example March 2026.</summary>
    public string Month(DateOnly month) => month.ToString("MMMM yyyy", culture);

    /// <summary>Formats an instant of the API as local time of the brand.</summary>
    public string Time(string instant) =>
        Rfc3339.TryParse(instant, out var timestamp) ? Time(timestamp) : instant;

    /// <summary>Formats an instant as local time of the brand.</summary>
    public string Time(Timestamp instant) => brand.Calendar.LocalTimeAt(instant).ToString("g", culture);

    /// <summary>Formats a day as in addresses: 2026-03-01.</summary>
    public static string IsoDay(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>Returns the API's name of a value of an enumeration.</summary>
    public static string SnakeCase<T>(T value) where T : struct, Enum =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>
    /// Returns the culture of the most preferred accepted language that the system knows; British English if there is
    /// none.
    /// </summary>
    public static CultureInfo DetectCulture(HttpRequest request)
    {
        var languages = request.GetTypedHeaders().AcceptLanguage.OrderByDescending(language => language.Quality ?? 1);
        foreach (var language in languages)
        {
            try
            {
                if (language.Value.Value is { Length: > 1 } name && name[0] != '*')
                    return CultureInfo.CreateSpecificCulture(name);
            }
            catch (CultureNotFoundException)
            {
                // Try the next language.
            }
        }

        return CultureInfo.GetCultureInfo("en-GB");
    }
}
