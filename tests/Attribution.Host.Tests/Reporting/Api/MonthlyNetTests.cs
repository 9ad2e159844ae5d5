using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

/// <summary>Correction of the monthly nets by which the costs of a campaign are shared.</summary>
public sealed class MonthlyNetTests : IAsyncLifetime
{
    private ReportingHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(
            ("/v1/creators/mia", """{"name":"Mia"}"""), ("/v1/creators/ben", """{"name":"Ben"}"""), ("/v1/campaigns/spring", """{"name":"Spring","costSharing":"by_net"}"""),
            ("/v1/codes/mia10", """{"code":"MIA10","campaignId":"spring","creatorId":"mia"}"""),
            ("/v1/costs/video", """{"campaignId":"spring","kind":"production","currency":"USD","amount":"100","recognition":"spread","from":"2026-02-27","to":"2026-03-02"}"""));
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Costs_stay_with_the_campaign_until_a_month_is_fixed_or_corrected()
    {
        (await RowsAsync()).ShouldBe(["null 100.00"]);
        (await UnsharedAsync()).ShouldBe("100.00");
        (await PageAsync()).ShouldContain("Not shared yet: 100.00.");

        await host.PutCatalogAsync(("/v1/monthly-nets/spring.2026-02", """{"campaignId":"spring","month":"2026-02","creators":[{"creatorId":"mia","net":30},{"creatorId":"ben","net":"10"}]}"""));
        (await RowsAsync()).ShouldBe(["ben 12.50", "mia 37.50", "null 50.00"]);
        (await UnsharedAsync()).ShouldBe("50.00");
        var page = await PageAsync();
        page.ShouldContain("Not shared yet: 50.00.");
        page.ShouldContain("/catalog/monthly-nets?q=spring.");

        using var read = await host.Http.GetAsync(new Uri("/v1/monthly-nets/spring.2026-02", UriKind.Relative), ReportingHost.Token);
        (await read.Content.ReadAsStringAsync(ReportingHost.Token)).ShouldBe("""{"id":"spring.2026-02","campaignId":"spring","month":"2026-02","creators":[{"creatorId":"mia","net":"30.00"},{"creatorId":"ben","net":"10.00"}]}""");
        using var put = new HttpRequestMessage(HttpMethod.Put, "/v1/monthly-nets/spring.2026-02") { Content = new StringContent("""{"campaignId":"spring","month":"2026-02","creators":[{"creatorId":"mia","net":"-1"},{"creatorId":"ben","net":"10"}]}""", System.Text.Encoding.UTF8, "application/json") };
        put.Headers.IfMatch.Add(read.Headers.ETag!);
        using var corrected = await host.Http.SendAsync(put, ReportingHost.Token);
        ((int)corrected.StatusCode).ShouldBe(200);
        (await RowsAsync()).ShouldBe(["ben 50.00", "null 50.00"]);
        (await host.GetAsync("/v1/monthly-nets/spring.2026-02/history")).Body!["changes"]!.AsArray().Select(change => $"{change!["by"]} {change["item"]!["creators"]![0]!["net"]}").ShouldBe(["local -1.00", "local 30.00"]);

        (await host.SendAsync(HttpMethod.Delete, "/v1/creators/ben")).Status.ShouldBe(409);
        (await host.SendAsync(HttpMethod.Delete, "/v1/monthly-nets/spring.2026-02")).Status.ShouldBe(204);
        (await RowsAsync()).ShouldBe(["null 100.00"]);
    }

    [Fact]
    public async Task Export_imports_unchanged_and_an_invalid_cell_is_named()
    {
        await host.PutCatalogAsync(("/v1/monthly-nets/spring.2026-02", """{"campaignId":"spring","month":"2026-02","creators":[{"creatorId":"mia","net":30},{"creatorId":"ben","net":"10"}]}"""));
        var csv = await host.Http.GetStringAsync("/v1/monthly-nets?format=csv", ReportingHost.Token);
        csv.ShouldBe("id,campaignId,month,creators\r\nspring.2026-02,spring,2026-02,\"[{\"\"creatorId\"\":\"\"mia\"\",\"\"net\"\":\"\"30.00\"\"},{\"\"creatorId\"\":\"\"ben\"\",\"\"net\"\":\"\"10.00\"\"}]\"\r\n");
        var edited = csv.Replace("10.00", "-3.5", StringComparison.Ordinal) + "spring.2026-03,spring,2026-03,[]\r\nspring.2026-04,spring,2026-05,[]\r\nspring.2026-06,spring,2026-06,\"[{\"\"creatorId\"\":\"\"mia\"\",\"\"net\"\":\"\"much\"\"}]\"\r\n";
        var answer = (await host.SendAsync(HttpMethod.Post, "/v1/monthly-nets/import", edited, "text/csv")).Body!;
        answer["accepted"]!.GetValue<int>().ShouldBe(2);
        answer["results"]!.AsArray().Skip(2).Select(line => line!["errors"]![0]!["pointer"]!.GetValue<string>()).ShouldBe(["/id", "/creators/0/net"]);
        (await RowsAsync()).ShouldBe(["mia 50.00", "null 50.00"]); // no creator is named for March, so its costs stay with the campaign
    }

    [Fact]
    public async Task Changed_rule_or_sales_do_not_affect_a_fixed_month()
    {
        await host.PutCatalogAsync(("/v1/monthly-nets/spring.2026-02", """{"campaignId":"spring","month":"2026-02","creators":[{"creatorId":"mia","net":30}]}"""));
        var sums = new MeasureSums();
        sums.Add(new("default", new(2026, 2, 27), "spring", "ben"), Model.LastTouch, CreditMeasure.Gross, 90_000);
        await host.PutRollupsAsync(sums);
        (await RowsAsync()).ShouldBe(["ben 0.00", "mia 50.00", "null 50.00"]);
        await host.PutCatalogAsync(("/v1/campaigns/spring", """{"name":"Spring","costSharing":"evenly"}"""));
        (await RowsAsync()).ShouldBe(["ben 0.00", "mia 100.00"]);
        (await UnsharedAsync()).ShouldBe("0.00");
        (await PageAsync()).ShouldContain("shared equally among its creators");
        await host.PutCatalogAsync(("/v1/campaigns/spring", """{"name":"Spring","costSharing":"by_net"}"""));
        (await RowsAsync()).ShouldBe(["ben 0.00", "mia 50.00", "null 50.00"]);
    }

    private async Task<List<string>> RowsAsync()
    {
        while (await host.Store.Rollups.FoldAsync(100, () => ReportingHost.Now, ReportingHost.Token) > 0) { }
        return [.. (await host.GetAsync("/v1/rollups/daily?from=2026-02-01&to=2026-03-31&groupBy=creator")).Body!["rows"]!.AsArray().Select(row => $"{row!["creatorId"]?.GetValue<string>() ?? "null"} {row["cost"]!["total"]}").Order(StringComparer.Ordinal)];
    }

    private async Task<string> UnsharedAsync() => (await host.GetAsync("/v1/budget?campaign=spring")).Body!["unshared"]!.GetValue<string>();

    private Task<string> PageAsync() => host.Http.GetStringAsync("/campaigns/spring", ReportingHost.Token);
}
