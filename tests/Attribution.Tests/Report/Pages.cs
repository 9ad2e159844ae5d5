using Attribution.Core.Models;
using Attribution.Core.Rollups;

namespace Attribution.Tests.Report;

public sealed class Pages : IAsyncLifetime
{
    private ReportHost host = null!;

    public async ValueTask InitializeAsync() => host = await ReportHost.StartAsync();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task The_first_page_shows_the_last_30_days_creators_by_net_and_leads_on()
    {
        await host.CatalogAsync(Example.Catalog);
        await host.RollupsAsync(Example.Measures());
        var sums = new MeasureSums();
        sums.Add(new("default", new(2026, 3, 10), "spring", "zoe"), Model.LastTouch, CreditMeasure.Gross, 9_999);
        sums.Add(new("default", new(2026, 2, 8), "spring", "old"), Model.LastTouch, CreditMeasure.Gross, 9_999);
        await host.RollupsAsync(sums);
        var page = await host.Http.GetStringAsync("/", ReportHost.Token);
        page.ShouldContain("<tr><td>Mia</td><td>1</td><td>1</td><td>1</td><td>45.00</td><td>304.50</td><td>-85.2 %</td><td>0.15</td></tr>");
        page.IndexOf("<td>zoe</td>", StringComparison.Ordinal).ShouldBeInRange(0, page.IndexOf("<td>Mia</td>", StringComparison.Ordinal));
        page.ShouldNotContain("<td>old</td>");
        foreach (var link in System.Text.RegularExpressions.Regex.Matches(page, "href=\"([^\"]+)\"").Select(match => System.Net.WebUtility.HtmlDecode(match.Groups[1].Value)))
        {
            using var response = await host.Http.GetAsync(link, ReportHost.Token);
            response.IsSuccessStatusCode.ShouldBeTrue(link);
        }
    }

    [Fact]
    public async Task An_empty_brand_has_a_page_and_an_unknown_one_does_not()
    {
        (await host.Http.GetStringAsync("/", ReportHost.Token)).ShouldContain("Nothing yet");
        (await host.GetAsync("/?brand=%3Cscript%3E")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task The_browsable_description_comes_whole_from_this_process()
    {
        var page = await host.Http.GetStringAsync("/docs/index.html", ReportHost.Token);
        page.ShouldNotContain("https://");
        foreach (var asset in new[] { "swagger-ui.css", "swagger-ui-bundle.js", "index.js" })
        {
            using var response = await host.Http.GetAsync($"/docs/{asset}", ReportHost.Token);
            response.IsSuccessStatusCode.ShouldBeTrue(asset);
        }
        (await host.Http.GetStringAsync("/docs/index.js", ReportHost.Token)).ShouldContain("/openapi/v1.json");
    }

    [Fact]
    public async Task Every_operation_is_named_summed_up_and_its_parameters_described()
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
