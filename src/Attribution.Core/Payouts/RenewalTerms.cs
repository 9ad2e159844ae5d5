using System.Globalization;
using System.Text.RegularExpressions;

namespace Attribution.Core.Payouts;

/// <summary>The renewals of a subscription that an agreement pays for, counted from the subscription's first order.</summary>
public sealed partial record RenewalTerms
{
    /// <summary>The terms that pay for no renewal.</summary>
    public static readonly RenewalTerms None = new() { MaxNumber = 0 };

    /// <summary>The terms that pay for every renewal.</summary>
    public static readonly RenewalTerms All = new();

    private const int MaxCount = 1_000;
    private const int MaxYears = 100;

    private RenewalTerms()
    {
    }

    /// <summary>Gets the number of the last renewal that is paid; null if the number does not matter.</summary>
    public int? MaxNumber { get; private init; }

    /// <summary>Gets the number of months from the first order, without the last day; null if months do not matter.</summary>
    public int? Months { get; private init; }

    /// <summary>Gets the number of days from the first order, without the last day; null if days do not matter.</summary>
    public int? Days { get; private init; }

    /// <summary>
    /// Parses <c>none</c>, <c>all</c>, a number of renewals (<c>3</c>), or a time from the first order (<c>P12M</c>,
    /// <c>P1Y</c>, <c>P8W</c>, <c>P90D</c>).
    /// </summary>
    /// <returns>False if the text is neither, or exceeds 1,000 renewals or 100 years.</returns>
    public static bool TryParse(string text, out RenewalTerms terms)
    {
        terms = text == "none" ? None : All;
        if (text is "none" or "all") return true;
        if (Pattern().Match(text) is not { Success: true } match) return false;
        var number = int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
        var (parsed, max) = match.Groups["unit"].Value switch
        {
            "Y" => (new RenewalTerms { Months = number * 12 }, MaxYears),
            "M" => (new RenewalTerms { Months = number }, MaxYears * 12),
            "W" => (new RenewalTerms { Days = number * 7 }, MaxYears * 52),
            "D" => (new RenewalTerms { Days = number }, MaxYears * 365),
            _ => (new RenewalTerms { MaxNumber = number }, MaxCount),
        };
        terms = parsed;
        return number >= 1 && number <= max;
    }

    /// <summary>Returns true if a renewal is paid.</summary>
    /// <param name="number">Its number within the subscription, from 1; 0 for a payment before the first renewal.</param>
    /// <param name="firstOrderOn">Local day of the subscription's first order; null if that is not known.</param>
    /// <param name="day">Local day of the renewal.</param>
    public bool Covers(int number, DateOnly? firstOrderOn, DateOnly day) =>
        MaxNumber is { } last ? last > 0 && firstOrderOn is not null && number <= last
        : Months is { } months ? firstOrderOn is { } start && day < start.AddMonths(months)
        : Days is not { } days || (firstOrderOn is { } from && day < from.AddDays(days));

    [GeneratedRegex("^(?:P(?<number>[0-9]{1,5})(?<unit>[YMWD])|(?<number>[0-9]{1,5}))$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
