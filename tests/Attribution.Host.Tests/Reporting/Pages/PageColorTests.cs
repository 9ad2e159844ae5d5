using System.Text.RegularExpressions;
using Attribution.Host.Hosting;

namespace Attribution.Host.Tests.Reporting.Pages;

/// <summary>
/// Contrast of the colors of pages in both color schemes, as the contrast ratio of WCAG 2.2: (L1 + 0.05) / (L2 + 0.05), with
/// relative luminances. Text requires 4.5 (AA, 1.4.3); outlines of fields and of the focus require 3 (AA, 1.4.11).
/// </summary>
public sealed class PageColorTests
{
    private static readonly string Css = Read();

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public void Every_text_color_is_legible_on_every_background(string scheme)
    {
        var colors = Colors(scheme);
        // All colors that the style sheet uses for text, so that new ones are included.
        var text = Used(@"(?<![-\w])color: var\(--(\w+)\)").Except(["paper"]).Union(["ink", "soft", "link", "good", "bad", "warn"]).ToList();
        foreach (var front in text)
            foreach (var back in new[] { "paper", "wash" })
                Contrast(colors[front], colors[back]).ShouldBeGreaterThanOrEqualTo(4.5, $"{scheme}: {front} on {back}");
        // Buttons have the colors of a link, reversed.
        Contrast(colors["paper"], colors["link"]).ShouldBeGreaterThanOrEqualTo(4.5, $"{scheme}: paper on link");
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public void Outlines_of_fields_and_focus_are_visible(string scheme)
    {
        var colors = Colors(scheme);
        Css.ShouldMatch(@"input, select, button \{[^}]*border: 1px solid var\(--edge\)");
        Css.ShouldMatch(@":focus-visible \{ outline: 3px solid var\(--link\)");
        foreach (var back in new[] { "paper", "wash" })
        {
            Contrast(colors["edge"], colors[back]).ShouldBeGreaterThanOrEqualTo(3, $"{scheme}: edge on {back}");
            Contrast(colors["link"], colors[back]).ShouldBeGreaterThanOrEqualTo(3, $"{scheme}: link on {back}");
        }
    }

    [Theory]
    [InlineData("#000000", "#ffffff", 21)]
    [InlineData("#777777", "#ffffff", 4.48)]
    [InlineData("#767676", "#ffffff", 4.54)]
    [InlineData("#fff", "#fff", 1)]
    public void Contrast_ratio_matches_the_guideline(string first, string second, double ratio) => Math.Round(Contrast(first, second), 2).ShouldBe(ratio);

    private static double Contrast(string first, string second)
    {
        var (a, b) = (Luminance(first), Luminance(second));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string color)
    {
        var digits = color.TrimStart('#');
        if (digits.Length == 3) digits = string.Concat(digits.Select(digit => new string(digit, 2)));
        double Part(int at)
        {
            var part = int.Parse(digits.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);
        }

        return 0.2126 * Part(0) + 0.7152 * Part(2) + 0.0722 * Part(4);
    }

    /// <summary>Returns the custom properties of a color scheme. The dark scheme inherits from the light one.</summary>
    private static Dictionary<string, string> Colors(string scheme)
    {
        var colors = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var root in Regex.Matches(Css, @":root \{([^}]*)\}").Take(scheme == "dark" ? 2 : 1))
            foreach (Match property in Regex.Matches(root.Groups[1].Value, @"--(\w+): (#[0-9a-f]{3,6})\b"))
                colors[property.Groups[1].Value] = property.Groups[2].Value;
        return colors;
    }

    private static IEnumerable<string> Used(string pattern) => Regex.Matches(Css, pattern).Select(match => match.Groups[1].Value).Distinct();

    private static string Read()
    {
        using var stream = typeof(AttributionHost).Assembly.GetManifestResourceStream("assets/page.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
