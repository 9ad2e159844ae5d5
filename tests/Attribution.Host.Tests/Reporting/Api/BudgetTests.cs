using System.Text.Json.Nodes;
using Attribution.Core.Costs;
using Attribution.Core.Rollups;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

public sealed class BudgetTests
{
    private static readonly DateOnly First = new(2026, 3, 1);

    [Fact]
    public async Task Five_posts_at_300_within_a_budget_of_2000_leave_500()
    {
        await using var host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(("/v1/creators/mia", """{"name":"Mia"}"""), ("/v1/campaigns/spring", """{"name":"Spring","startsOn":"2026-03-01","endsOn":"2026-03-31","budget":"2000"}"""));
        for (var post = 1; post <= 5; post++)
            await host.PutCatalogAsync(($"/v1/costs/post-{post}", $$"""{"campaignId":"spring","creatorId":"mia","kind":"fee","currency":"USD","amount":"300","on":"2026-03-{{post * 4:00}}"}"""));
        while (await host.Store.Rollups.FoldAsync(100, () => ReportingHost.Now, ReportingHost.Token) > 0) { }

        var (status, body) = await host.GetAsync("/v1/budget?campaign=spring");
        status.ShouldBe(200);
        body!.ToJsonString().ShouldBe(JsonNode.Parse("""
            {"campaignId":"spring","on":"2026-03-10","currency":"USD","budget":"2000.00","spent":"600.00","planned":"900.00","left":"500.00","commissionPerDay":"0.00","projectedSpend":"1500.00","projectedEnd":null,"unshared":"0.00"}
            """)!.ToJsonString());
        var page = await host.Http.GetStringAsync("/campaigns/spring", ReportingHost.Token);
        foreach (var (name, value) in new[] { ("Budget", "2,000.00 USD"), ("Spent", "600.00 USD"), ("Planned", "900.00 USD"), ("Left", "500.00 USD"), ("Projected spend", "1,500.00 USD"), ("Exhausted on", "&#x2013;") })
            page.ShouldContain($"<dt>{name}</dt><dd>{value}</dd>");

        // A commission of 310 in ten days is 31 per day: 651 in 21 more days. The remaining 500 last until the 17th of these days.
        var sums = new MeasureSums();
        sums.Add(new("default", new(2026, 3, 9), "spring", "mia"), Measure.Commission, 31_000);
        await host.PutRollupsAsync(sums);
        body = (await host.GetAsync("/v1/budget?campaign=spring&on=2026-03-10")).Body!;
        $"{body["spent"]} {body["left"]} {body["commissionPerDay"]} {body["projectedSpend"]} {body["projectedEnd"]}".ShouldBe("910.00 190.00 31.00 2461.00 2026-03-20");
    }

    [Theory]
    [InlineData("", "campaign")]
    [InlineData("?campaign=none", "campaign")]
    [InlineData("?campaign=spring&brand=none", "brand")]
    [InlineData("?campaign=spring&on=tomorrow", "on")]
    public async Task Invalid_parameters_are_named(string query, string parameter)
    {
        await using var host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(("/v1/campaigns/spring", """{"name":"Spring"}"""));
        var (status, body) = await host.GetAsync($"/v1/budget{query}");
        status.ShouldBe(400);
        body!["parameter"]!.GetValue<string>().ShouldBe(parameter);
    }

    [Fact]
    public void Campaign_without_budget_or_end_date_has_no_forecast()
    {
        var stand = BudgetStatus.Calculate(null, new Dictionary<DateOnly, Int128> { [First] = 100 }, 100, First.AddDays(1), null, null);
        stand.ShouldBe(new(100, 0, null, 50, null, null));
        BudgetStatus.Calculate(1_000, new Dictionary<DateOnly, Int128> { [First] = 100 }, 100, First.AddDays(1), null, null).ProjectedEnd.ShouldBe(First.AddDays(20)); // 950 after 18 days; 1,000 is not above the budget
        BudgetStatus.Calculate(1_000, new Dictionary<DateOnly, Int128>(), 0, First, null, null).ShouldBe(new(0, 0, 1_000, 0, null, null));
    }

    [Fact]
    public void Overspent_budget_is_exhausted_with_a_negative_remainder() =>
        BudgetStatus.Calculate(100, new Dictionary<DateOnly, Int128> { [First] = 150, [First.AddDays(5)] = 10 }, 0, First, First, First.AddDays(9)).ShouldBe(new(150, 10, -60, 0, 160, First));

    [Fact]
    public void Planned_cost_exhausts_the_budget_on_its_own_day() =>
        BudgetStatus.Calculate(100, new Dictionary<DateOnly, Int128> { [First] = 60, [First.AddDays(5)] = 50 }, 0, First, First, First.AddDays(9)).ProjectedEnd.ShouldBe(First.AddDays(5));

    [Fact]
    public void Campaign_that_has_not_begun_has_no_daily_earnings() =>
        BudgetStatus.Calculate(100, new Dictionary<DateOnly, Int128> { [First] = 60 }, 0, First.AddDays(-3), First, First.AddDays(9)).ShouldBe(new(0, 60, 40, 0, 60, null));

    [Fact]
    public async Task Shared_costs_follow_the_creators_who_join_or_leave()
    {
        await using var host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(
            ("/v1/creators/mia", """{"name":"Mia"}"""), ("/v1/creators/ben", """{"name":"Ben"}"""), ("/v1/campaigns/spring", """{"name":"Spring","costSharing":"evenly"}"""),
            ("/v1/costs/video", """{"campaignId":"spring","kind":"production","currency":"USD","amount":"100.01","on":"2026-03-02"}"""));
        (await RowsAsync()).ShouldBe(["null 100.01"]);
        await host.PutCatalogAsync(("/v1/codes/mia10", """{"code":"MIA10","campaignId":"spring","creatorId":"mia"}"""));
        (await RowsAsync()).ShouldBe(["mia 100.01"]);
        await host.PutCatalogAsync(("/v1/codes/ben10", """{"code":"BEN10","campaignId":"spring","creatorId":"ben"}"""));
        (await RowsAsync()).Order().ShouldBe(["ben 50.01", "mia 50.00"]);
        (await host.GetAsync("/v1/rollups/daily?from=2026-03-01&to=2026-03-31&groupBy=")).Body!["rows"]![0]!["cost"]!["total"]!.GetValue<string>().ShouldBe("100.01");
        await host.SendAsync(HttpMethod.Delete, "/v1/codes/mia10");
        (await RowsAsync()).ShouldBe(["ben 100.01"]);
        var (status, answer) = await host.PutAsync("/v1/campaigns/spring", """{"name":"Spring","costSharing":"by_magic"}""");
        (status, answer!["errors"]![0]!["pointer"]!.GetValue<string>()).ShouldBe((400, "/costSharing"));
        (status, answer) = await host.PutAsync("/v1/campaigns/spring", """{"name":"Spring","budget":"0"}""");
        (status, answer!["errors"]![0]!["pointer"]!.GetValue<string>()).ShouldBe((400, "/budget"));

        async Task<List<string>> RowsAsync()
        {
            while (await host.Store.Rollups.FoldAsync(100, () => ReportingHost.Now, ReportingHost.Token) > 0) { }
            return [.. (await host.GetAsync("/v1/rollups/daily?from=2026-03-01&to=2026-03-31&groupBy=creator")).Body!["rows"]!.AsArray().Select(row => $"{row!["creatorId"]?.GetValue<string>() ?? "null"} {row["cost"]!["total"]}")];
        }
    }
}
