using System.Text.RegularExpressions;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Pages;

/// <summary>Requirements of keyboards and screen readers: labels of fields, order of headings, landmarks.</summary>
public sealed class PageAccessibilityTests : IAsyncLifetime
{
    private ReportingHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(DocumentedExample.Catalog);
        await host.PutRollupsAsync(DocumentedExample.Measures());
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Theory]
    [InlineData("/")]
    [InlineData("/creators")]
    [InlineData("/creators/mia")]
    [InlineData("/campaigns")]
    [InlineData("/campaigns/spring")]
    [InlineData("/statements")]
    [InlineData("/creators/mia/statements/2026-03")]
    [InlineData("/orders")]
    [InlineData("/restatements")]
    [InlineData("/quality")]
    [InlineData("/code-usage")]
    [InlineData("/products")]
    [InlineData("/cohorts")]
    [InlineData("/creators/nobody")]
    [InlineData("/start")]
    [InlineData("/settings")]
    [InlineData("/settings/users")]
    [InlineData("/settings/keys")]
    [InlineData("/invitation")]
    [InlineData("/search?q=mia")]
    [InlineData("/search")]
    [InlineData("/compare")]
    public async Task Page_labels_its_fields_orders_headings_and_traps_no_focus(string path)
    {
        using var response = await host.Http.GetAsync(path, ReportingHost.Token);
        var page = await response.Content.ReadAsStringAsync(ReportingHost.Token);

        page.ShouldMatch("<html lang=\"[a-z]{2}\"");
        Regex.IsMatch(page, "<title>[^<]+</title>").ShouldBeTrue();
        page.ShouldContain("<meta name=\"viewport\"");
        Regex.Count(page, "<main[ >]").ShouldBe(1);
        // The first link skips the navigation, and its target exists.
        var skip = Regex.Match(page, "<a [^>]*href=\"([^\"]*)\"");
        page.ShouldContain($"id=\"{skip.Groups[1].Value.TrimStart('#')}\"");
        Regex.Matches(page, "tabindex=\"(-?\\d+)\"").ShouldAllBe(index => int.Parse(index.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) <= 0);

        var levels = Regex.Matches(page, "<h([1-6])[ >]").Select(heading => heading.Groups[1].Value[0] - '0').ToList();
        levels.Count(level => level == 1).ShouldBe(1);
        levels[0].ShouldBe(1);
        levels.Zip(levels.Skip(1)).ShouldAllBe(pair => pair.Second <= pair.First + 1);

        foreach (var field in Regex.Matches(page, "<(input|select|textarea)\\b[^>]*>").Where(field => !field.Value.Contains("type=\"hidden\"", StringComparison.Ordinal)))
            IsNamed(page, field).ShouldBeTrue($"{path}: {field.Value}");
        foreach (Match header in Regex.Matches(page, "<th\\b[^>]*>")) header.Value.ShouldMatch("scope=\"(col|row)\"", $"{path}: {header.Value}");
        foreach (Match link in Regex.Matches(page, "<(a|button)\\b[^>]*>(.*?)</\\1>", RegexOptions.Singleline))
            (Regex.Replace(link.Groups[2].Value, "<[^>]*>", "").Trim().Length > 0 || link.Value.Contains("aria-label=", StringComparison.Ordinal)).ShouldBeTrue($"{path}: {link.Value}");
        foreach (Match image in Regex.Matches(page, "<(img|svg)\\b[^>]*>")) image.Value.ShouldMatch("alt=|aria-label=|aria-hidden=\"true\"", $"{path}: {image.Value}");
        foreach (Match nav in Regex.Matches(page, "<nav\\b[^>]*>")) nav.Value.ShouldContain("aria-label=");
    }

    /// <summary>Indicates whether a field has an enclosing label, a label with its id, or an ARIA label.</summary>
    private static bool IsNamed(string page, Match field)
    {
        if (field.Value.Contains("aria-label", StringComparison.Ordinal)) return true;
        if (Regex.Match(field.Value, " id=\"([^\"]+)\"") is { Success: true } id && page.Contains($"for=\"{id.Groups[1].Value}\"", StringComparison.Ordinal)) return true;
        var before = page[..field.Index];
        return before.LastIndexOf("<label", StringComparison.Ordinal) > before.LastIndexOf("</label", StringComparison.Ordinal);
    }
}
