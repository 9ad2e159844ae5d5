using System.Text.RegularExpressions;
using Attribution.Host.Hosting;

namespace Attribution.Host.Tests.Reporting.Pages;

/// <summary>
/// Colours of the pages against each other, in both schemes, by the contrast ratio of WCAG 2.2 (relative luminance; (L1 + 0.05) / (L2 + 0.05)): text needs
/// 4.5 (AA, 1.4.3), the outline of a field and of what has the focus 3 (AA, 1.4.11).
/// </summary>
public sealed class PageColorTests
{
    private static readonly string Css = Read();

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public void Every_text_color_is_legible_on_every_background(string scheme)
    {
        var colours = Colours(scheme);
        // Whatever text is of a named colour: one that is new is looked at too.
        var text = Used(@"(?<![-\w])color: var\(--(\w+)\)").Except(["paper"]).Union(["ink", "soft", "link", "good", "bad", "warn"]).ToList();
        foreach (var front in text)
            foreach (var back in new[] { "paper", "wash" })
                Contrast(colours[front], colours[back]).ShouldBeGreaterThanOrEqualTo(4.5, $"{scheme}: {front} on {back}");
        // Buttons have the colours of a link the other way round.
        Contrast(colours["paper"], colours["link"]).ShouldBeGreaterThanOrEqualTo(4.5, $"{scheme}: paper on link");
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public void Outlines_of_fields_and_focus_are_visible(string scheme)
    {
        var colours = Colours(scheme);
        Css.ShouldMatch(@"input, select, button \{[^}]*border: 1px solid var\(--edge\)");
        Css.ShouldMatch(@":focus-visible \{ outline: 3px solid var\(--link\)");
        foreach (var back in new[] { "paper", "wash" })
        {
            Contrast(colours["edge"], colours[back]).ShouldBeGreaterThanOrEqualTo(3, $"{scheme}: edge on {back}");
            Contrast(colours["link"], colours[back]).ShouldBeGreaterThanOrEqualTo(3, $"{scheme}: link on {back}");
        }
    }

    [Theory]
    [InlineData("#000000", "#ffffff", 21)]
    [InlineData("#777777", "#ffffff", 4.48)]
    [InlineData("#767676", "#ffffff", 4.54)]
    [InlineData("#fff", "#fff", 1)]
    public void Contrast_ratio_matches_the_guideline(string one, string other, double ratio) => Math.Round(Contrast(one, other), 2).ShouldBe(ratio);

    private static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string colour)
    {
        var digits = colour.TrimStart('#');
        if (digits.Length == 3) digits = string.Concat(digits.Select(digit => new string(digit, 2)));
        double Part(int at)
        {
            var part = int.Parse(digits.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);
        }

        return 0.2126 * Part(0) + 0.7152 * Part(2) + 0.0722 * Part(4);
    }

    /// <summary>The custom properties of a scheme: what the dark one does not say is as in the light one.</summary>
    private static Dictionary<string, string> Colours(string scheme)
    {
        var colours = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var root in Regex.Matches(Css, @":root \{([^}]*)\}").Take(scheme == "dark" ? 2 : 1))
            foreach (Match property in Regex.Matches(root.Groups[1].Value, @"--(\w+): (#[0-9a-f]{3,6})\b"))
                colours[property.Groups[1].Value] = property.Groups[2].Value;
        return colours;
    }

    private static IEnumerable<string> Used(string pattern) => Regex.Matches(Css, pattern).Select(match => match.Groups[1].Value).Distinct();

    private static string Read()
    {
        using var stream = typeof(AttributionHost).Assembly.GetManifestResourceStream("assets/page.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
