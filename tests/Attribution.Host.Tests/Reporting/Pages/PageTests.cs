using System.Text.Json;
using System.Text.RegularExpressions;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Pages;

/// <summary>Contents, links and errors of pages.</summary>
public sealed class PageTests : IAsyncLifetime
{
    private ReportingHost host = null!;

    public async ValueTask InitializeAsync() => host = await ReportingHost.StartAsync();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Overview_equals_the_api()
    {
        await host.PutCatalogAsync(DocumentedExample.Catalog);
        await host.PutRollupsAsync(DocumentedExample.Measures());
        var row = (await host.GetAsync("/v1/rollups/daily?from=2026-02-09&to=2026-03-10&groupBy=")).Body!["rows"]![0]!;
        var page = await PageAsync("/");
        foreach (var (name, value) in new[] { ("Cost", row["cost"]!["total"]), ("Net revenue", row["net"]), ("Cost per conversion", row["cpa"]) })
            page.ShouldContain($"<dt>{name}</dt><dd>{value} USD</dd>");
        page.ShouldContain($"<dt>Clicks</dt><dd>{row["clicks"]}</dd>");
        page.ShouldContain("<dt>ROI</dt><dd>-85.2&#xA0;%</dd>");
    }

    /// <summary>
    /// Follows the links from the overview: one of each path and set of parameters or, as a long test, every address, of one
    /// choice of days. Selections of models and orders multiply, so that there are thousands.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true, Traits = ["Category", "Long"])]
    public async Task Links_resolve(bool all)
    {
        await host.PutCatalogAsync(DocumentedExample.Catalog);
        await host.PutRollupsAsync(DocumentedExample.Measures());
        var (seen, open) = (new HashSet<string>(), new Queue<string>(["/"]));
        while (open.TryDequeue(out var path))
        {
            // Months have no end: a statement leads to its creator's days, and these to the statements before.
            if (!seen.Add(Regex.Replace(path, (all ? "(?<=from|to|month)=[^&]*" : "=[^&]*") + "|(?<=/statements/)[0-9-]+", ""))) continue;
            using var response = await host.Http.GetAsync(path, ReportingHost.Token);
            response.IsSuccessStatusCode.ShouldBeTrue(path);
            if (response.Content.Headers.ContentType?.MediaType != "text/html" || path.StartsWith("/docs", StringComparison.Ordinal)) continue;
            foreach (var link in Links(await response.Content.ReadAsStringAsync(ReportingHost.Token))) open.Enqueue(link);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{seen.Count} links");
        seen.ShouldAllBe(path => path.StartsWith('/'));
        foreach (var wanted in new[] { "/creators", "/creators/mia", "/campaigns/spring", "/orders", "/restatements", "/quality" }) seen.ShouldContain(wanted);
    }

    [Fact]
    public async Task Creators_can_be_sorted_filtered_and_paged()
    {
        var sums = new MeasureSums();
        for (var i = 0; i < 60; i++)
        {
            await host.PutCatalogAsync(($"/v1/creators/c{i:00}", $$"""{"name":"Creator {{i:00}}","niche":"{{(i == 7 ? "chess" : "tea")}}"}"""));
            sums.Add(new("default", new(2026, 3, 1), "spring", $"c{i:00}"), Model.LastTouch, CreditMeasure.Gross, 1_000 + i);
            sums.Add(new("default", new(2026, 3, 1), "spring", $"c{i:00}"), Measure.Clicks, 100 - i);
        }
        await host.PutRollupsAsync(sums);

        Names(await PageAsync("/creators")).ShouldBe(Enumerable.Range(10, 50).Reverse().Select(i => $"Creator {i:00}"));
        Names(await PageAsync("/creators?page=2")).ShouldBe(Enumerable.Range(0, 10).Reverse().Select(i => $"Creator {i:00}"));
        Names(await PageAsync("/creators?sort=clicks")).First().ShouldBe("Creator 00");
        Names(await PageAsync("/creators?q=CHESS")).ShouldBe(["Creator 07"]);
        Names(await PageAsync("/creators?sort=nonsense&page=99")).Last().ShouldBe("Creator 00");

        static IEnumerable<string> Names(string page) => Regex.Matches(page, "<a href=\"/creators/c[^>]*>([^<]*)</a>").Select(match => match.Groups[1].Value);
    }

    /// <summary>Creator 1 has the lowest ROI. Two more creators are not ranked: one has too few conversions, one has no cost.</summary>
    [Theory]
    [InlineData(0, "", "")]
    [InlineData(1, "1", "")]
    [InlineData(2, "2", "1")]
    [InlineData(3, "3 2", "1")]
    [InlineData(7, "7 6 5 4", "1 2 3")]
    [InlineData(12, "12 11 10 9 8", "1 2 3 4 5")]
    public async Task Best_and_worst_come_from_opposite_halves(int creators, string best, string worst)
    {
        var sums = new MeasureSums();
        for (var i = 1; i <= creators + 2; i++)
        {
            var key = new RollupKey("default", new(2026, 3, 1), "spring", $"c{i}");
            sums.Add(key, Model.LastTouch, CreditMeasure.Gross, 1_000 * i);
            sums.Add(key, Model.LastTouch, CreditMeasure.ConversionMicros, i == creators + 1 ? 9_000_000 : 10_000_000);
            if (i <= creators + 1) sums.Add(key, Measure.CostFee, 2_000);
        }
        await host.PutRollupsAsync(sums);

        var page = await PageAsync("/");
        (Names("Best"), Names("Worst")).ShouldBe((best, worst));
        // The one with too few conversions earned 10.00 for each creator before it, at a cost of 20.00: a loss of the first only.
        Regex.Match(page, "Cost not earned back.*?href=\"/creators/c([0-9]+)", RegexOptions.Singleline).Groups[1].Value.ShouldBe(creators == 0 ? "1" : "");

        string Names(string which) => string.Join(' ', Regex.Matches(Regex.Match(page, $"<h2>{which} by ROI</h2>.*?</section>", RegexOptions.Singleline).Value, "href=\"/creators/c([0-9]+)").Select(match => match.Groups[1].Value));
    }

    [Fact]
    public async Task Markup_in_names_is_escaped()
    {
        const string Name = "<script>alert(1)</script>\"'&";
        await host.PutCatalogAsync(("/v1/creators/x", $$"""{"name":{{JsonSerializer.Serialize(Name)}}}"""), ("/v1/campaigns/y", $$"""{"name":{{JsonSerializer.Serialize(Name)}}}"""));
        var sums = new MeasureSums();
        sums.Add(new("default", new(2026, 3, 1), "y", "x"), Model.LastTouch, CreditMeasure.Gross, 5);
        sums.Add(RollupKey.Unmatched("default", new(2026, 3, 1), UnmatchedKind.Code, Name), Measure.Redemptions, 1);
        await host.PutRollupsAsync(sums);
        foreach (var path in new[] { "/", "/creators", "/creators/x", "/campaigns", "/campaigns/y", "/quality", "/creators?q=" + Uri.EscapeDataString(Name) })
        {
            var page = await PageAsync(path);
            page.ShouldNotContain("<script>alert");
            page.ShouldContain("&lt;script&gt;alert(1)");
        }
    }

    [Fact]
    public async Task Numbers_and_dates_follow_the_readers_language()
    {
        await host.PutCatalogAsync(DocumentedExample.Catalog);
        await host.PutRollupsAsync(DocumentedExample.Measures());
        (await PageAsync("/", "de-DE")).ShouldContain("<dd>304,50 USD</dd>");
        (await PageAsync("/", "de-DE")).ShouldContain("02.03.2026");
        (await PageAsync("/", "xx-invalid-xx, *;q=0.1")).ShouldContain("<dd>304.50 USD</dd>");
    }

    [Theory]
    [InlineData("/?brand=%3Cscript%3E", 400)]
    [InlineData("/?from=2026-03-09&to=2026-03-01", 400)]
    [InlineData("/?from=yesterday", 400)]
    [InlineData("/?model=all", 400)]
    [InlineData("/creators/nobody", 404)]
    [InlineData("/campaigns/none", 404)]
    [InlineData("/orders/none", 404)]
    [InlineData("/orders?visitor=none", 404)]
    public async Task Invalid_address_is_explained_on_a_page(string path, int status)
    {
        using var response = await host.Http.GetAsync(path, ReportingHost.Token);
        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        var page = await response.Content.ReadAsStringAsync(ReportingHost.Token);
        page.ShouldContain("class=\"fault\"");
        page.ShouldNotContain("<script>");
    }

    [Fact]
    public async Task Unknown_address_is_explained_to_a_browser()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/payouts") { Headers = { Accept = { new("text/html") } } };
        using var response = await host.Http.SendAsync(request, ReportingHost.Token);
        ((int)response.StatusCode).ShouldBe(404);
        (await response.Content.ReadAsStringAsync(ReportingHost.Token)).ShouldContain("There is no page at /payouts.");
    }

    [Fact]
    public async Task Every_page_renders_for_an_empty_brand()
    {
        (await PageAsync("/")).ShouldContain("First steps");
        (await PageAsync("/campaigns")).ShouldContain("No data yet");
        foreach (var path in new[] { "/creators", "/campaigns", "/orders", "/restatements", "/quality" }) await PageAsync(path);
    }

    [Fact]
    public async Task Assets_are_cached_forever_under_content_addresses()
    {
        var address = Links(await PageAsync("/")).Single(link => link.EndsWith("page.css", StringComparison.Ordinal));
        using var response = await host.Http.GetAsync(address, ReportingHost.Token);
        response.Headers.CacheControl!.ToString().ShouldContain("immutable");
        (await host.GetAsync("/assets/000000000000/page.css")).Status.ShouldBe(404);
    }

    private async Task<string> PageAsync(string path, string language = "en-GB")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept-Language", language } } };
        using var response = await host.Http.SendAsync(request, ReportingHost.Token);
        response.IsSuccessStatusCode.ShouldBeTrue(path);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        return await response.Content.ReadAsStringAsync(ReportingHost.Token);
    }

    private static IEnumerable<string> Links(string page) =>
        Regex.Matches(page, "(?:href|src)=\"([^\"#]+)\"").Select(match => System.Net.WebUtility.HtmlDecode(match.Groups[1].Value));

    [Fact]
    public async Task Api_browser_is_served_entirely_by_this_process()
    {
        var page = await host.Http.GetStringAsync("/docs/index.html", ReportingHost.Token);
        page.ShouldNotContain("https://");
        foreach (var asset in new[] { "swagger-ui.css", "swagger-ui-bundle.js", "index.js" })
        {
            using var response = await host.Http.GetAsync($"/docs/{asset}", ReportingHost.Token);
            response.IsSuccessStatusCode.ShouldBeTrue(asset);
        }
        (await host.Http.GetStringAsync("/docs/index.js", ReportingHost.Token)).ShouldContain("/openapi/v1.json");
    }

    [Fact]
    public async Task Every_operation_has_a_name_a_summary_and_described_parameters()
    {
        var (_, description) = await host.GetAsync("/openapi/v1.json");
        var operations = description!["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => (Name: $"{operation.Key} {path.Key}", Value: operation.Value!))).ToList();
        operations.Count.ShouldBeGreaterThan(45);
        operations.Select(operation => operation.Value["operationId"]!.GetValue<string>()).ShouldBeUnique();
        foreach (var (name, operation) in operations)
        {
            ((string?)operation["summary"]).ShouldNotBeNullOrWhiteSpace(name);
            foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
                ((string?)parameter!["description"]).ShouldNotBeNullOrWhiteSpace($"{name} {parameter["name"]}");
        }
    }
}
