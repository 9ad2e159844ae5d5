using System.Text.Json.Nodes;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

public sealed class DailyRollupEndpointTests : IAsyncLifetime
{
    private const string March = "/v1/rollups/daily?from=2026-03-01&to=2026-03-31";

    private ReportingHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(DocumentedExample.Catalog);
        await host.PutRollupsAsync(DocumentedExample.Measures());
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Documented_example_is_returned_verbatim()
    {
        var (status, body) = await host.GetAsync($"{March}&groupBy=campaign,creator");
        status.ShouldBe(200);
        var row = body!["rows"]!.AsArray().ShouldHaveSingleItem()!.AsObject();
        // Members beyond the documented example.
        foreach (var extension in new[] { "convertedVisitors", "visitorConversionRate", "visitorConversionRateInterval", "ripensUntil", "engagement", "conversionRateInterval", "tooFewToTell", "marginRoiPercent", "paybackDay", "breakEvenOrders" }) row.Remove(extension).ShouldBeTrue();
        foreach (var rest in new[] { body["unattributed"]![0]!.AsObject(), body["totals"]!.AsObject() })
            foreach (var extension in new[] { "gross", "discount", "refunds", "conversions", "leads", "newCustomers" }) rest.Remove(extension).ShouldBeTrue();
        body.ToJsonString().ShouldBe(JsonNode.Parse("""
            {"rows":[{"campaignId":"spring","creatorId":"mia","model":"last_touch","status":"open",
             "clicks":1,"uniqueVisitors":1,"visits":1,"invalidTouches":0,"orders":1,"conversions":"1.000000","leads":"1.000000","redemptions":1,"newCustomers":1,
             "currency":"USD","gross":"100.00","discount":"10.00","refunds":"45.00","net":"45.00",
             "cost":{"fee":"300.00","production":"0.00","management":"0.00","gift":"0.00","shipping":"0.00","commission":"4.50","other":"0.00","total":"304.50"},
             "roiPercent":"-85.2","roas":"0.15","cpa":"304.50","cpc":"304.50","aov":"90.00","conversionRate":"1.0000","epc":"45.00"}],
             "unattributed":[{"orders":1,"currency":"USD","net":"80.00"}],"totals":{"orders":2,"currency":"USD","net":"125.00"},"computedAt":"2026-03-10T00:00:00Z","manifest":1,"lag":"PT0S"}
            """)!.ToJsonString());
    }

    [Fact]
    public async Task Accrual_view_puts_touches_and_orders_with_refunds_on_their_own_days()
    {
        var (_, body) = await host.GetAsync(March);
        body!["rows"]!.AsArray().Select(row => $"{row!["day"]} {row["creatorId"]} {row["clicks"]} {row["orders"]} {row["net"]} {row["cost"]!["total"]} {row["engagement"]!["impressions"]}")
            .ShouldBe(["2026-03-02 mia 1 0 0.00 300.00 0", "2026-03-03 mia 0 1 45.00 4.50 0", "2026-03-04 mia 0 0 0.00 0.00 41000"]);
        body["unattributed"]!.AsArray().Select(rest => $"{rest!["day"]} {rest["net"]}").ShouldBe(["2026-03-03 80.00"]);
        body["totals"]!["net"]!.GetValue<string>().ShouldBe("125.00");
    }

    [Fact]
    public async Task Cash_view_puts_refund_and_reversed_commission_on_the_refund_day()
    {
        var (_, body) = await host.GetAsync($"{March}&view=cash");
        body!["rows"]!.AsArray().Select(row => $"{row!["day"]} {row["orders"]} {row["refunds"]} {row["net"]} {row["cost"]!["commission"]}")
            .ShouldBe(["2026-03-02 0 0.00 0.00 0.00", "2026-03-03 1 0.00 90.00 9.00", "2026-03-04 0 0.00 0.00 0.00", "2026-03-09 0 45.00 -45.00 -4.50"]);
        var (_, whole) = await host.GetAsync($"{March}&view=cash&groupBy=campaign,creator");
        whole!["rows"]![0]!["net"]!.GetValue<string>().ShouldBe("45.00");
        whole["rows"]![0]!["cost"]!["commission"]!.GetValue<string>().ShouldBe("4.50");
    }

    [Theory]
    [InlineData("day", "day,model")]
    [InlineData("campaign", "campaignId,model")]
    [InlineData("creator", "creatorId,model")]
    [InlineData("creator,day", "day,creatorId,model")]
    [InlineData("", "model")]
    public async Task Keys_absent_from_groupBy_are_summed_and_omitted_from_rows(string groupBy, string keys)
    {
        var (_, body) = await host.GetAsync($"{March}&groupBy={groupBy}");
        var row = body!["rows"]![0]!.AsObject();
        string.Join(',', row.Select(member => member.Key).TakeWhile(name => name != "status")).ShouldBe(keys);
        body["unattributed"]![0]!.AsObject().ContainsKey("day").ShouldBe(groupBy.Contains("day", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_model_has_a_row_with_the_touches_of_all()
    {
        var sums = new MeasureSums();
        sums.Add(new("default", DocumentedExample.ClickDay, "spring", "mia"), Model.Linear, CreditMeasure.Orders, 5);
        await host.PutRollupsAsync(sums);
        var (_, body) = await host.GetAsync($"{March}&model=all&groupBy=day,creator&to=2026-03-02".Replace("to=2026-03-31&", "", StringComparison.Ordinal));
        var rows = body!["rows"]!.AsArray();
        rows.Select(row => row!["model"]!.GetValue<string>()).ShouldBe(ModelNames.Heuristic.Select(ModelNames.NameOf).Order(StringComparer.Ordinal));
        rows.ShouldAllBe(row => row!["clicks"]!.GetValue<long>() == 1 && row["cost"]!["fee"]!.GetValue<string>() == "300.00");
        rows.Where(row => row!["orders"]!.GetValue<long>() == 5).ShouldHaveSingleItem()!["model"]!.GetValue<string>().ShouldBe("linear");
    }

    [Fact]
    public async Task Placement_credited_only_by_other_models_has_no_row()
    {
        var sums = new MeasureSums();
        sums.Add(new("default", new(2026, 3, 20), "spring", "mia"), Model.FirstTouch, CreditMeasure.Gross, 5);
        await host.PutRollupsAsync(sums);
        (await DaysAsync("last_touch")).ShouldNotContain("2026-03-20");
        (await DaysAsync("first_touch")).ShouldContain("2026-03-20");

        async Task<IEnumerable<string>> DaysAsync(string model) =>
            (await host.GetAsync($"{March}&model={model}")).Body!["rows"]!.AsArray().Select(row => row!["day"]!.GetValue<string>());
    }

    [Fact]
    public async Task Rows_sort_by_day_campaign_and_creator_with_campaign_costs_separate()
    {
        await host.PutCatalogAsync(
            ("/v1/creators/ben", """{"name":"Ben"}"""),
            ("/v1/campaigns/autumn", """{"name":"Autumn"}"""),
            ("/v1/costs/video", """{"campaignId":"spring","kind":"production","currency":"USD","amount":"50","on":"2026-03-02"}"""));
        var sums = new MeasureSums();
        sums.Add(new("default", DocumentedExample.ClickDay, "spring", "ben"), Measure.Clicks, 1);
        sums.Add(new("default", DocumentedExample.ClickDay, "autumn", "mia"), Measure.Clicks, 1);
        await host.PutRollupsAsync(sums);
        var (_, body) = await host.GetAsync("/v1/rollups/daily?from=2026-03-02&to=2026-03-02");
        body!["rows"]!.AsArray().Select(row => $"{row!["campaignId"]}/{row["creatorId"]?.GetValue<string>() ?? "null"} {row["cost"]!["total"]}")
            .ShouldBe(["autumn/mia 0.00", "spring/null 50.00", "spring/ben 0.00", "spring/mia 300.00"]);
        body["rows"]![1]!.AsObject().ContainsKey("creatorId").ShouldBeTrue();
    }

    [Fact]
    public async Task Filter_removes_rows_but_keeps_totals_of_the_brand()
    {
        await host.PutCatalogAsync(("/v1/creators/ben", """{"name":"Ben"}"""));
        var (_, body) = await host.GetAsync($"{March}&creator=ben");
        body!["rows"]!.AsArray().ShouldBeEmpty();
        body["unattributed"]!.AsArray().Count.ShouldBe(1);
        body["totals"]!["orders"]!.GetValue<long>().ShouldBe(2);
        (await host.GetAsync($"{March}&creator=mia&campaign=spring")).Body!["rows"]!.AsArray().Count.ShouldBe(3);
    }

    [Fact]
    public async Task Row_is_closed_when_all_requested_days_are()
    {
        await host.Store.Rollups.CloseDaysAsync("default", DocumentedExample.OrderDay, ReportingHost.Now, ReportingHost.Token);
        (await StatusesAsync("from=2026-03-01&to=2026-03-31")).ShouldBe(["closed", "closed", "open"]);
        (await StatusesAsync("from=2026-03-01&to=2026-03-03&groupBy=creator")).ShouldBe(["closed"]);
        (await StatusesAsync("from=2026-03-01&to=2026-03-04&groupBy=creator")).ShouldBe(["open"]);

        async Task<IEnumerable<string>> StatusesAsync(string query) =>
            (await host.GetAsync($"/v1/rollups/daily?{query}")).Body!["rows"]!.AsArray().Select(row => row!["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Labels_sum_to_invalid_touches_and_a_missing_rate_marks_the_row()
    {
        var sums = new MeasureSums();
        var key = new RollupKey("default", new(2026, 3, 20), "spring", "mia");
        sums.Add(key, Measure.InvalidBot, 1);
        sums.Add(key, Measure.InvalidPrefetch, 20);
        sums.Add(key, Measure.InvalidHead, 300);
        sums.Add(key, Measure.RateGaps, 2);
        await host.PutRollupsAsync(sums);
        var row = (await host.GetAsync("/v1/rollups/daily?from=2026-03-20&to=2026-03-20")).Body!["rows"]![0]!;
        row["invalidTouches"]!.GetValue<long>().ShouldBe(321);
        row["incomplete"]!.GetValue<bool>().ShouldBeTrue();
        row["roiPercent"].ShouldBeNull();
        row["epc"].ShouldBeNull();
        (await host.GetAsync("/v1/rollups/daily?from=2026-03-02&to=2026-03-02")).Body!["rows"]![0]!.AsObject().ContainsKey("incomplete").ShouldBeFalse();
    }

    /// <summary>Three orders, of which one waits: 2 × 30.00 in money, so an average of 30.00, not 20.00.</summary>
    [Fact]
    public async Task Ratios_leave_out_orders_whose_money_waits_for_a_rate()
    {
        var sums = new MeasureSums();
        var key = new RollupKey("default", new(2026, 3, 20), "spring", "mia");
        sums.Add(key, Measure.RateGaps, 1);
        sums.Add(key, Measure.CostFee, 1_000);
        sums.Add(key, Model.LastTouch, CreditMeasure.Orders, 3);
        sums.Add(key, Model.LastTouch, CreditMeasure.ConversionMicros, 3_000_000);
        sums.Add(key, Model.LastTouch, CreditMeasure.WithoutRateMicros, 1_000_000);
        sums.Add(key, Model.LastTouch, CreditMeasure.Gross, 6_000);
        await host.PutRollupsAsync(sums);

        var row = (await host.GetAsync("/v1/rollups/daily?from=2026-03-20&to=2026-03-20")).Body!["rows"]![0]!;
        row["conversions"]!.GetValue<string>().ShouldBe("3.000000");
        row["conversionsWithoutRate"]!.GetValue<string>().ShouldBe("1.000000");
        row["aov"]!.GetValue<string>().ShouldBe("30.00");
        row["cpa"]!.GetValue<string>().ShouldBe("5.00");
    }

    [Fact]
    public async Task Lag_is_the_age_of_the_oldest_pending_change()
    {
        var sums = new MeasureSums();
        sums.Add(new("default", DocumentedExample.ClickDay, "spring", "mia"), Measure.Clicks, 1);
        await host.Store.Reconciliation.AppendCorrectionAsync(sums, null, ReportingHost.Now - TimeSpan.FromSeconds(2), ReportingHost.Token);
        (await host.GetAsync(March)).Body!["lag"]!.GetValue<string>().ShouldBe("PT2S");
    }

    [Fact]
    public async Task Visitor_conversion_rate_is_marked_until_the_lookback_is_closed()
    {
        // The last visit of 2026-03-02 can convert for 30 times 24 hours; the clocks change meanwhile.
        (await RipensUntilAsync("2026-03-02")).ShouldBe("2026-04-02");
        await host.Store.Rollups.CloseDaysAsync("default", new(2026, 4, 1), ReportingHost.Now, ReportingHost.Token);
        (await RipensUntilAsync("2026-03-02")).ShouldBe("2026-04-02");
        await host.Store.Rollups.CloseDaysAsync("default", new(2026, 4, 2), ReportingHost.Now, ReportingHost.Token);
        (await RipensUntilAsync("2026-03-02")).ShouldBeNull();
        // The last requested day decides for a sum of days.
        (await RipensUntilAsync("2026-03-02", "2026-03-03")).ShouldBe("2026-04-03");

        async Task<string?> RipensUntilAsync(string from, string? to = null)
        {
            var (_, body) = await host.GetAsync($"/v1/rollups/daily?from={from}&to={to ?? from}&groupBy=creator");
            return body!["rows"]!.AsArray().ShouldHaveSingleItem()!["ripensUntil"]?.GetValue<string>();
        }
    }

    [Theory]
    [InlineData("day,campaign,creator")]
    [InlineData("day")]
    [InlineData("creator")]
    [InlineData("")]
    public async Task Visitor_conversion_rate_is_a_share_in_every_grouping(string groupBy)
    {
        // Two orders by code without a visit: more conversions than visitors, but no more converted visitors.
        var sums = new MeasureSums();
        var mia = new RollupKey("default", DocumentedExample.ClickDay, "spring", "mia");
        sums.Add(mia, Model.LastTouch, CreditMeasure.ConversionMicros, 2_000_000);
        await host.PutRollupsAsync(sums);

        var (_, body) = await host.GetAsync($"{March}&groupBy={groupBy}");

        var row = body!["rows"]![0]!;
        decimal.Parse(row["conversionRate"]!.GetValue<string>(), CultureInfo.InvariantCulture).ShouldBeGreaterThan(1);
        row["visitorConversionRate"]!.GetValue<string>().ShouldBe("1.0000");
        row["visitorConversionRateInterval"]!["low"]!.GetValue<string>().ShouldBe("0.2065");
        row["convertedVisitors"]!.GetValue<long>().ShouldBe(1);
    }

    [Fact]
    public async Task Csv_contains_flattened_rows_and_the_unattributed_row()
    {
        using var response = await host.Http.GetAsync($"{March}&groupBy=campaign,creator&format=csv", ReportingHost.Token);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/csv; charset=utf-8");
        (await response.Content.ReadAsStringAsync(ReportingHost.Token)).ShouldBe(string.Concat(
            "campaignId,creatorId,model,status,clicks,uniqueVisitors,visits,invalidTouches,orders,conversions,leads,redemptions,newCustomers,currency,gross,discount,refunds,net,",
            "costFee,costProduction,costManagement,costGift,costShipping,costCommission,costOther,costTotal,roiPercent,roas,cpa,cpc,aov,conversionRate,epc,",
            "impressions,reach,likes,comments,shares,saves,views,cpe,conversionRateLow,conversionRateHigh,tooFewToTell,incomplete,attributed,marginRoiPercent,paybackDay,breakEvenOrders,cpm,engagementRate,unknownCustomers,",
            "convertedVisitors,visitorConversionRate,visitorConversionRateLow,visitorConversionRateHigh,ripensUntil,assistantTouches,referrals\r\n",
            ",,last_touch,open,0,0,0,0,1,1.000000,0.000000,0,0,USD,80.00,0.00,0.00,80.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,,,0.00,,80.00,,,0,0,0,0,0,0,0,,,,true,false,false,,,,,,0,0,,,,,0,0\r\n",
            "spring,mia,last_touch,open,1,1,1,0,1,1.000000,1.000000,1,1,USD,100.00,10.00,45.00,45.00,300.00,0.00,0.00,0.00,0.00,4.50,0.00,304.50,-85.2,0.15,304.50,304.50,90.00,1.0000,45.00,41000,0,1900,0,0,0,0,0.16,0.2065,1.0000,true,false,true,,,8,7.43,,0,1,1.0000,0.2065,1.0000,2026-04-30,0,0\r\n"));
    }

    [Fact]
    public async Task Text_cells_are_no_spreadsheet_formulas_and_numbers_stay_numbers()
    {
        await host.PutCatalogAsync(("/v1/creators/-2-3", """{"name":"x"}"""));
        var sums = new MeasureSums();
        sums.Add(new("default", DocumentedExample.ClickDay, "spring", "-2-3"), Measure.CostOther, -310);
        await host.PutRollupsAsync(sums);
        var csv = await host.Http.GetStringAsync($"{March}&creator=-2-3&format=csv", ReportingHost.Token);
        csv.ShouldContain(",'-2-3,last_touch,");
        csv.ShouldContain(",-3.10,");
    }

    [Fact]
    public async Task Accept_header_selects_csv_when_no_format_is_given()
    {
        (await TypeAsync(March, "text/csv")).ShouldBe("text/csv");
        (await TypeAsync(March, "application/json, text/csv;q=0.5")).ShouldBe("application/json");
        (await TypeAsync(March, "text/html")).ShouldBe("application/json");
        (await TypeAsync($"{March}&format=json", "text/csv")).ShouldBe("application/json");

        async Task<string?> TypeAsync(string path, string accept)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", accept } } };
            using var response = await host.Http.SendAsync(request, ReportingHost.Token);
            return response.Content.Headers.ContentType!.MediaType;
        }
    }

    [Fact]
    public async Task Campaign_of_another_brand_is_reported_as_such()
    {
        await host.PutCatalogAsync(("/v1/brands/other", """{"name":"Other"}"""), ("/v1/campaigns/theirs", """{"name":"Theirs","brandId":"other"}"""));
        var (status, body) = await host.GetAsync($"{March}&campaign=theirs");
        status.ShouldBe(400);
        body!["detail"]!.GetValue<string>().ShouldContain("brand=other");
    }
}
