using System.Text.Json.Nodes;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

/// <summary>ROI of a campaign: published worked examples, margins, payback and break-even, in JSON, CSV and on the page.</summary>
public sealed class RoiTests : IAsyncLifetime
{
    private static readonly DateOnly First = new(2026, 3, 1);

    private ReportingHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(("/v1/creators/mia", """{"name":"Mia"}"""), ("/v1/campaigns/spring", """{"name":"Spring"}"""), ("/v1/campaigns/summer", """{"name":"Summer"}"""));
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Cost_of_10000_and_net_of_50000_are_400_percent_roi()
    {
        await CostAsync("spring", "10000");
        await host.PutRollupsAsync(Net((First, "spring", 5_000_000)));
        var row = await RowAsync("");
        row["roiPercent"]!.GetValue<string>().ShouldBe("400.0");
        row["roas"]!.GetValue<string>().ShouldBe("5.00");
        row["marginRoiPercent"].ShouldBeNull(); // the gross margin is unknown
        (await CsvAsync("roiPercent")).ShouldBe("400.0");
        (await PageAsync("/campaigns/spring")).ShouldContain("<dt>ROI</dt><dd>400.0&#xA0;%</dd>");
    }

    [Fact]
    public async Task Without_cost_there_is_no_roi()
    {
        await host.PutRollupsAsync(Net((First, "spring", 5_000_000)));
        var row = await RowAsync("");
        foreach (var ratio in new[] { "roiPercent", "marginRoiPercent", "roas", "paybackDay", "breakEvenOrders" }) row[ratio].ShouldBeNull(ratio);
        (await CsvAsync("roiPercent")).ShouldBe("");
        (await PageAsync("/campaigns/spring")).ShouldContain("<dt>ROI</dt><dd>&#x2013;</dd>");
    }

    [Fact]
    public async Task Campaign_margin_overrides_the_brands_and_mixed_rows_use_both()
    {
        await CostAsync("spring", "100");
        await CostAsync("summer", "100");
        await host.PutRollupsAsync(Net((First, "spring", 100_000), (First, "summer", 50_000)));
        await host.PutCatalogAsync(("/v1/campaigns/spring", """{"name":"Spring","grossMarginPercent":"25"}"""));
        (await RowAsync("campaign")).ShouldSatisfyAllConditions(row => row["marginRoiPercent"]!.GetValue<string>().ShouldBe("150.0"));
        (await RowAsync(""))["marginRoiPercent"].ShouldBeNull(); // the margin of summer is unknown
        await host.PutCatalogAsync(("/v1/brands/default", """{"name":"Glow","grossMarginPercent":60}"""));
        (await RowAsync("campaign"))["marginRoiPercent"]!.GetValue<string>().ShouldBe("150.0");
        (await RowAsync(""))["marginRoiPercent"]!.GetValue<string>().ShouldBe("175.0"); // (250 + 300 − 200) ÷ 200
        (await CsvAsync("marginRoiPercent")).ShouldBe("175.0");
        (await PageAsync("/campaigns/spring")).ShouldMatch(@"<th scope=""row"">Margin ROI</th>\s*<td>150\.0&#xA0;%</td>");
    }

    [Fact]
    public async Task Payback_day_is_the_first_day_from_which_earnings_cover_costs()
    {
        await CostAsync("spring", "100");
        var summer = """{"name":"Spring","grossMarginPercent":50}""";
        await host.PutRollupsAsync(Net((First, "spring", 12_000), (First.AddDays(2), "spring", -4_000), (First.AddDays(4), "spring", 2_000), (First.AddDays(6), "spring", 5_000)));
        (await RowAsync(""))["paybackDay"]!.GetValue<string>().ShouldBe("2026-03-05"); // covered on the 1st, not on the 3rd, and permanently from the 5th
        (await RowAsync("day"))["paybackDay"].ShouldBeNull();
        (await RowAsync("creator"))["paybackDay"].ShouldBeNull();
        (await RowAsync("creator&creator=mia"))["paybackDay"]!.GetValue<string>().ShouldBe("2026-03-05");
        (await CsvAsync("paybackDay")).ShouldBe("2026-03-05");
        (await PageAsync("/campaigns/spring?from=2026-03-01&to=2026-03-31")).ShouldMatch(@"<th scope=""row"">Payback day</th>\s*<td>05/03/2026</td>");
        await host.PutCatalogAsync(("/v1/campaigns/spring", summer));
        (await RowAsync(""))["paybackDay"].ShouldBeNull(); // 75 of 100 covered
        await host.PutRollupsAsync(Net((First.AddDays(8), "spring", 5_000)));
        (await RowAsync(""))["paybackDay"]!.GetValue<string>().ShouldBe("2026-03-09");
    }

    [Fact]
    public async Task Two_campaigns_on_one_day_are_one_step_toward_payback()
    {
        await CostAsync("spring", "100");
        await CostAsync("summer", "100");
        await host.PutRollupsAsync(Net((First, "spring", 30_000), (First.AddDays(1), "spring", -15_000), (First.AddDays(1), "summer", 15_000)));
        (await RowAsync(""))["paybackDay"]!.GetValue<string>().ShouldBe("2026-03-01");
    }

    [Fact]
    public async Task Margin_is_a_percentage_above_0()
    {
        foreach (var (path, body) in new[] { ("/v1/brands/default", """{"name":"x","grossMarginPercent":0}"""), ("/v1/campaigns/spring", """{"name":"x","grossMarginPercent":100.1}"""), ("/v1/campaigns/spring", """{"name":"x","grossMarginPercent":"50.0000001"}""") })
        {
            var (status, answer) = await host.PutAsync(path, body);
            status.ShouldBe(400, answer?.ToJsonString());
            answer!["errors"]![0]!["pointer"]!.GetValue<string>().ShouldBe("/grossMarginPercent");
        }
    }

    private Task CostAsync(string campaign, string amount) => host.PutCatalogAsync(
        ($"/v1/costs/{campaign}", $$"""{"campaignId":"{{campaign}}","creatorId":"mia","kind":"fee","currency":"USD","amount":"{{amount}}","on":"2026-03-01"}"""));

    private static MeasureSums Net(params (DateOnly Day, string Campaign, long Minor)[] brought)
    {
        var sums = new MeasureSums();
        foreach (var (day, campaign, minor) in brought)
        {
            var key = new RollupKey("default", day, campaign, "mia");
            sums.Add(key, Model.LastTouch, minor < 0 ? CreditMeasure.Refunds : CreditMeasure.Gross, Math.Abs(minor));
            sums.Add(key, Model.LastTouch, CreditMeasure.ConversionMicros, 1_000_000);
        }
        return sums;
    }

    private async Task<JsonObject> RowAsync(string groupBy) =>
        (await host.GetAsync($"/v1/rollups/daily?from=2026-03-01&to=2026-03-31&groupBy={groupBy}")).Body!["rows"]![0]!.AsObject();

    private async Task<string> CsvAsync(string column)
    {
        var lines = (await host.Http.GetStringAsync("/v1/rollups/daily?from=2026-03-01&to=2026-03-31&groupBy=&format=csv", ReportingHost.Token)).Split("\r\n");
        return lines[1].Split(',')[Array.IndexOf(lines[0].Split(','), column)];
    }

    private Task<string> PageAsync(string path) => host.Http.GetStringAsync(path, ReportingHost.Token);
}
