using System.Net;
using System.Text.Json.Nodes;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

/// <summary>Tiers, benchmarks, the ranking and comparisons, in the API and on the page.</summary>
public sealed class RankingTests(RankingTests.Ranked ranked) : IClassFixture<RankingTests.Ranked>
{
    private const string Days = "from=2026-03-01&to=2026-03-10";

    private static readonly DateOnly Day = new(2026, 3, 3);

    private ReportingHost host = ranked.Host;

    private static async Task<ReportingHost> StartAsync()
    {
        var host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(
            ("/v1/campaigns/spring", """{"name":"Spring"}"""), Creator("lucky", 2_000), Creator("steady", 9_000), Creator("idle", 1_500), Creator("star", 700_000), Creator("unknown", null));
        var sums = new MeasureSums();
        Sell(sums, "lucky", orders: 1, net: 9_000, cost: 1_000, visitors: 5);
        Sell(sums, "steady", orders: 99, net: 491_000, cost: 98_000, visitors: 2_000);
        Sell(sums, "idle", orders: 0, net: 0, cost: 1_000, visitors: 40);
        Sell(sums, "star", orders: 30, net: 300_000, cost: 400_000, visitors: 900);
        Sell(sums, "unknown", orders: 20, net: 10_000, cost: 0, visitors: 10);
        var steady = new RollupKey("default", Day, "spring", "steady");
        sums.Add(steady, Measure.Reach, 10_000);
        sums.Add(steady, Measure.Likes, 290);
        sums.Add(steady, Measure.Saves, 10);
        sums.Add(steady, Measure.Impressions, 20_000);
        await host.PutRollupsAsync(sums);
        return host;
    }

    /// <summary>A host with five creators, shared by tests that only read.</summary>
    public sealed class Ranked : IAsyncLifetime
    {
        public ReportingHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await StartAsync();

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }

    [Fact]
    public async Task Few_orders_do_not_put_a_creator_first_or_last()
    {
        var answer = await AnswerAsync($"/v1/ranking?{Days}");
        // The tier: 100 conversions, 5,000.00 net, 1,000.00 cost; ten of its conversions are 500.00 net for 100.00.
        answer["rows"]!.AsArray().Select(row => $"{row!["row"]!["creatorId"]} {row["tier"]?.ToString() ?? "-"} {row["row"]!["roiPercent"]?.ToString() ?? "-"} {row["rankedRoiPercent"]?.ToString() ?? "-"}").ShouldBe(
            ["lucky nano 800.0 436.4", "steady nano 401.0 400.9", "idle nano -100.0 354.5", "star macro -25.0 -25.0", "unknown - - -"]);
        answer["tiers"]!.AsArray().Select(tier => $"{tier!["name"]?.ToString() ?? "-"} {tier["fromFollowers"]?.ToString() ?? "-"} {tier["creators"]} {tier["row"]!["roiPercent"]?.ToString() ?? "-"} {tier["row"]!["conversions"]}").ShouldBe(
            ["nano 1000 3 400.0 100.000000", "macro 500000 1 -25.0 30.000000", "- - 1 - 20.000000"]);
        (await AnswerAsync($"/v1/ranking?{Days}&model=first_touch"))["rows"]!.AsArray().ShouldAllBe(row => row!["row"]!["orders"]!.GetValue<long>() == 0);
        (await host.GetAsync($"/v1/ranking?{Days}&model=all")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Benchmarks_are_reported_per_tier_or_overall()
    {
        await using var own = host = await StartAsync();
        (await JudgedAsync("steady")).ShouldBe("+engagementRate,roiPercent -"); // 3.00 %, 401 %
        (await JudgedAsync("star")).ShouldBe("+ -roiPercent"); // no posts: neither met nor missed
        await host.PutCatalogAsync(("/v1/brands/default", """
            {"name":"x","tiers":[{"name":"small","fromFollowers":0},{"name":"big","fromFollowers":700000}],
             "benchmarks":[{"measure":"engagementRate","good":"0.0301"},{"measure":"cpm","good":49},{"measure":"cpe","good":4},{"measure":"roiPercent","good":"500"},{"measure":"roiPercent","good":"-30","tier":"big"}]}
            """));
        (await JudgedAsync("steady")).ShouldBe("+cpm,cpe -engagementRate,roiPercent"); // a CPM of 49.00 is at most 49, a CPE of 3.27 is less than 4
        (await JudgedAsync("star")).ShouldBe("+roiPercent -");
        (await AnswerAsync($"/v1/ranking?{Days}"))["tiers"]!.AsArray().Select(tier => tier!["name"]?.GetValue<string>()).ShouldBe(["small", "big", null]);

        await host.PutCatalogAsync(("/v1/brands/default", """
            {"name":"x","benchmarks":[{"measure":"engagementRate","good":"0.02"},{"measure":"engagementRate","good":"0.04","platform":"Instagram"},{"measure":"cpm","good":1,"platform":"tiktok"},
             {"measure":"roiPercent","good":"400","platform":"instagram"},{"measure":"roiPercent","good":"402","tier":"nano"}]}
            """));
        (await JudgedAsync("steady")).ShouldBe("+ -engagementRate,roiPercent"); // 3.00 % is below the 4 % of Instagram; 401 % is below the 402 % of the tier, which takes precedence over Instagram
        (await JudgedAsync("star")).ShouldBe("+ -roiPercent");
        (await AnswerAsync($"/v1/ranking?{Days}"))["rows"]!.AsArray().Select(row => row!["platform"]?.GetValue<string>()).Distinct().ShouldBe(["instagram", null]);
        (await PageAsync($"/ranking?{Days}")).ShouldContain("Engagement rate at least 4.00\u00a0% (Instagram); CPM at most 1 (tiktok); ROI at least 400\u00a0% (instagram); ROI at least 402\u00a0% (nano)");

        async Task<string> JudgedAsync(string creator)
        {
            var row = (await AnswerAsync($"/v1/ranking?{Days}"))["rows"]!.AsArray().Single(row => row!["row"]!["creatorId"]!.GetValue<string>() == creator)!;
            return $"+{string.Join(',', row["meets"]!.AsArray().Select(name => name!.GetValue<string>()))} -{string.Join(',', row["misses"]!.AsArray().Select(name => name!.GetValue<string>()))}";
        }
    }

    [Fact]
    public async Task Ranking_page_shows_the_api_values_and_explains_them()
    {
        var page = await PageAsync($"/ranking?{Days}");
        foreach (var shown in new[] { "436.4\u00a0%", "800.0\u00a0%", "includes 10 additional conversions", "good Engagement rate", "3.00\u00a0%", "49.00", "at least 300\u00a0%" }) page.ShouldContain(shown);
        page.IndexOf("/creators/lucky", StringComparison.Ordinal).ShouldBeLessThan(page.IndexOf("/creators/idle", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Comparison_of_two_creators_has_an_interval_for_the_difference()
    {
        var answer = await AnswerAsync($"/v1/compare?{Days}&a=creators/steady&b=creators/star");
        $"{answer["measure"]} {answer["a"]!["successes"]} {answer["a"]!["trials"]} {answer["a"]!["rate"]} {answer["b"]!["rate"]} {answer["verdict"]}".ShouldBe("visitorConversionRate 99.000000 2000 0.0495 0.0333 cannot_tell_apart");
        var (low, high) = (answer["difference"]!["low"]!.GetValue<string>(), answer["difference"]!["high"]!.GetValue<string>());
        // statsmodels.stats.proportion.confint_proportions_2indep(99, 2000, 30, 900, method="newcomb", compare="diff")
        $"{answer["difference"]!["value"]} {low} {high}".ShouldBe("0.0162 -0.0002 0.0305");
        var page = await PageAsync($"/compare?{Days}&a=creators/steady&b=creators/star");
        foreach (var shown in new[] { "4.95\u00a0%", "1.62\u00a0%", "-0.02\u00a0%", "3.05\u00a0%", "not statistically significant" }) page.ShouldContain(shown);
        (await AnswerAsync($"/v1/compare?{Days}&a=creators/star&b=creators/idle"))["verdict"]!.GetValue<string>().ShouldBe("too_few_to_tell");
        (await AnswerAsync($"/v1/compare?{Days}&a=creators/unknown&b=creators/star"))["verdict"]!.GetValue<string>().ShouldBe("a_is_higher"); // 20 orders from 10 visitors
        (await AnswerAsync($"/v1/compare?from=2026-03-05&to=2026-03-06&a=creators/unknown&b=creators/star"))["verdict"]!.GetValue<string>().ShouldBe("not_comparable");
        (await AnswerAsync($"/v1/compare?{Days}&a=creators/steady&b=creators/steady&campaign=spring"))["difference"]!["value"]!.GetValue<string>().ShouldBe("0.0000");
        (await AnswerAsync($"/v1/compare?{Days}&a=campaigns/spring&b=campaigns/spring"))["a"]!["successes"]!.GetValue<string>().ShouldBe("140.000000");
    }

    [Theory]
    [InlineData("b=creators/star", "a")]
    [InlineData("a=creators/star", "b")]
    [InlineData("a=creators/star&b=campaigns/spring", "b")]
    [InlineData("a=links/x&b=links/y", "a")]
    [InlineData("a=creators/none&b=creators/star", "a")]
    [InlineData("a=campaigns/spring&b=campaigns/none", "b")]
    [InlineData("a=posts/x&b=posts/y", "a")]
    public async Task Invalid_comparison_is_named(string query, string parameter)
    {
        var (status, body) = await host.GetAsync($"/v1/compare?{Days}&{query}");
        status.ShouldBe(400);
        body!["parameter"]!.GetValue<string>().ShouldBe(parameter);
        (await host.Http.GetAsync($"/compare?{Days}&{query}", ReportingHost.Token)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("""{"name":"x","tiers":[{"name":"a","fromFollowers":5},{"name":"b","fromFollowers":5}]}""", "/tiers/1/fromFollowers")]
    [InlineData("""{"name":"x","tiers":[{"name":"a","fromFollowers":5},{"name":"a","fromFollowers":6}]}""", "/tiers/1/name")]
    [InlineData("""{"name":"x","tiers":[{"name":"a","fromFollowers":-1}]}""", "/tiers/0/fromFollowers")]
    [InlineData("""{"name":"x","benchmarks":[{"measure":"charm","good":1}]}""", "/benchmarks/0/measure")]
    [InlineData("""{"name":"x","benchmarks":[{"measure":"roas","good":1,"tier":"giant"}]}""", "/benchmarks/0/tier")]
    [InlineData("""{"name":"x","benchmarks":[{"measure":"roas","good":1},{"measure":"roas","good":2}]}""", "/benchmarks/1/measure")]
    [InlineData("""{"name":"x","benchmarks":[{"measure":"roas","good":1,"platform":"x"},{"measure":"roas","good":2},{"measure":"roas","good":2,"platform":"X"}]}""", "/benchmarks/2/measure")]
    [InlineData("""{"name":"x","benchmarks":[{"measure":"roas","good":1,"platform":" "}]}""", "/benchmarks/0/platform")]
    public async Task Inconsistent_tier_or_benchmark_is_rejected(string brand, string pointer)
    {
        var (status, body) = await host.PutAsync("/v1/brands/default", brand);
        status.ShouldBe(400);
        body!["errors"]![0]!["pointer"]!.GetValue<string>().ShouldBe(pointer);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(999L, null)]
    [InlineData(1_000L, "nano")]
    [InlineData(9_999L, "nano")]
    [InlineData(10_000L, "micro")]
    [InlineData(49_999L, "micro")]
    [InlineData(50_000L, "mid")]
    [InlineData(500_000L, "macro")]
    [InlineData(1_000_000L, "mega")]
    public void Tier_begins_where_the_previous_one_ends(long? followers, string? tier) => CreatorBenchmarks.FromBrand(new BrandItem("x", "X")).TierOf(followers).ShouldBe(tier);

    [Fact]
    public void Platform_of_a_creator_is_the_one_with_most_followers()
    {
        CreatorBenchmarks.PrimaryHandle(new CreatorItem("x", "X", Handles: [new("instagram", "x", 5), new("tiktok", "x"), new("youtube", "x", 7)])).ShouldBe(new("youtube", "x", 7));
        CreatorBenchmarks.PrimaryHandle(new CreatorItem("x", "X", Handles: [new("tiktok", "x"), new("instagram", "x")])).ShouldBe(new("tiktok", "x"));
        CreatorBenchmarks.PrimaryHandle(new CreatorItem("x", "X")).ShouldBeNull();
    }

    [Theory]
    [InlineData("nano", "tiktok", 4)]
    [InlineData("nano", "TikTok", 4)]
    [InlineData("nano", "youtube", 3)]
    [InlineData("nano", null, 3)]
    [InlineData("micro", "tiktok", 2)]
    [InlineData(null, "tiktok", 2)]
    [InlineData("micro", "youtube", 1)]
    [InlineData(null, null, 1)]
    public void Most_specific_benchmark_of_tier_and_platform_applies(string? tier, string? platform, int good)
    {
        var standing = CreatorBenchmarks.FromBrand(new BrandItem("x", "X", Benchmarks: [new("roas", 4, "nano", "tiktok"), new("roas", 1), new("roas", 2, Platform: "tiktok"), new("roas", 3, "nano"), new("cpe", 2)]));
        (standing.MeetsBenchmark("roas", tier, platform, good), standing.MeetsBenchmark("roas", tier, platform, good - 0.01m)).ShouldBe((true, false));
        (standing.MeetsBenchmark("cpe", tier, platform, 2), standing.MeetsBenchmark("cpe", tier, platform, 2.01m), standing.MeetsBenchmark("cpm", tier, platform, 1)).ShouldBe((true, false, null));
    }

    private static (string, string) Creator(string id, long? followers) =>
        ($"/v1/creators/{id}", followers is null ? """{"name":"x"}""" : $$"""{"name":"x","handles":[{"platform":"instagram","handle":"h","followers":{{followers}}}]}""");

    private static void Sell(MeasureSums sums, string creator, int orders, long net, long cost, long visitors)
    {
        var key = new RollupKey("default", Day, "spring", creator);
        sums.Add(key, Model.LastTouch, CreditMeasure.Orders, orders);
        sums.Add(key, Model.LastTouch, CreditMeasure.ConversionMicros, orders * 1_000_000L);
        sums.Add(key, Model.LastTouch, CreditMeasure.Gross, net);
        sums.Add(key, Measure.CostFee, cost);
        sums.Add(key, Measure.UniqueVisitors, visitors);
        sums.Add(key, Measure.ConvertedVisitors, Math.Min(orders, visitors));
    }

    private async Task<JsonNode> AnswerAsync(string path)
    {
        var (status, body) = await host.GetAsync(path);
        status.ShouldBe(200, body?.ToJsonString());
        return body!;
    }

    private async Task<string> PageAsync(string path) => WebUtility.HtmlDecode(await host.Http.GetStringAsync(path, ReportingHost.Token));
}
