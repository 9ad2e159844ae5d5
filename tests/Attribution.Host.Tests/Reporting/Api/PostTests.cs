using System.Text.Json.Nodes;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

/// <summary>Posts from their counters and ROI from the ledger, processed by the engine.</summary>
public sealed class PostTests
{
    private const string March = "from=2026-03-01&to=2026-03-31";

    [Fact]
    public async Task Posts_show_growth_cost_and_benchmark_and_compare_two_posts()
    {
        await using var shop = await ShopAsync();
        await shop.PutCatalogAsync(
            ("/v1/links/one", """{"slug":"one","destination":"https://shop.example/","campaignId":"spring","creatorId":"mia","platform":"instagram","postId":"ig-1"}"""),
            ("/v1/links/two", """{"slug":"two","destination":"https://shop.example/","campaignId":"spring","creatorId":"mia","postId":"ig-2"}"""),
            ("/v1/links/not-yet", """{"slug":"x","destination":"https://shop.example/","campaignId":"spring","creatorId":"mia","postId":"ig-3"}"""),
            ("/v1/costs/post", """{"campaignId":"spring","creatorId":"mia","kind":"fee","currency":"USD","amount":"100","on":"2026-03-02","postId":"ig-1"}"""),
            ("/v1/costs/all", """{"campaignId":"spring","creatorId":"mia","kind":"fee","currency":"USD","amount":"900","on":"2026-03-02"}"""));
        await shop.ProcessAsync(
            Counters("ig-1", "2026-02-28", impressions: 5_000, reach: 1_000, likes: 10), Counters("ig-1", "2026-03-03", impressions: 25_000, reach: 11_000, likes: 310),
            Counters("ig-1", "2026-03-05", impressions: 45_000, reach: 21_000, likes: 810), Counters("ig-2", "2026-03-03", impressions: 40_000, reach: 20_000, likes: 500));

        var posts = (await shop.GetAsync($"/v1/posts?{March}&creator=mia"))["rows"]!.AsArray();
        posts.Select(Describe).ShouldBe(
        [
            "ig-1 nano 40000 20000 800 0.0400 100.00 0.12 2.50 good:engagementRate", // minus the counters of the last day before March
            "ig-2 nano 40000 20000 500 0.0250 - - - good:",
            "ig-3 nano 0 0 0 - - - - good:",
        ]);
        (await shop.GetAsync($"/v1/posts?{March}&limit=2"))["cursor"]!.GetValue<string>().ShouldNotBeEmpty();
        var rest = await shop.GetAsync($"/v1/posts?{March}&limit=2&cursor={(await shop.GetAsync($"/v1/posts?{March}&limit=2"))["cursor"]}");
        rest["rows"]!.AsArray().ShouldHaveSingleItem()!["postId"]!.GetValue<string>().ShouldBe("ig-3");
        rest["cursor"].ShouldBeNull();

        // The platform of its link selects the benchmark of a post; a post without a platform uses the general benchmark.
        await shop.PutCatalogAsync(("/v1/brands/default", """{"name":"x","benchmarks":[{"measure":"engagementRate","good":"0.02"},{"measure":"engagementRate","good":"0.05","platform":"instagram"}]}"""));
        (await shop.GetAsync($"/v1/posts?{March}&creator=mia"))["rows"]!.AsArray().Select(post => $"{post!["postId"]} +{string.Join(',', post["meets"]!.AsArray())} -{string.Join(',', post["misses"]!.AsArray())}").ShouldBe(
            ["ig-1 + -engagementRate", "ig-2 +engagementRate -", "ig-3 + -"]);
        await shop.PutCatalogAsync(("/v1/brands/default", """{"name":"x"}"""));

        var compared = await shop.GetAsync($"/v1/compare?{March}&a=posts/ig-1&b=posts/ig-2");
        $"{compared["measure"]} {compared["a"]!["successes"]} {compared["a"]!["trials"]} {compared["difference"]!["value"]} {compared["verdict"]}".ShouldBe("engagementRate 800.000000 20000 0.0150 a_is_higher");
        (await shop.GetAsync($"/v1/compare?{March}&a=posts/ig-2&b=posts/ig-1"))["verdict"]!.GetValue<string>().ShouldBe("b_is_higher");

        var page = System.Net.WebUtility.HtmlDecode(await shop.GetPageAsync($"/creators/mia?{March}"));
        foreach (var number in new[] { "ig-1", "20,000", "4.00\u00a0%", "2.50\u00a0%", "good Engagement rate" }) page.ShouldContain(number);
    }

    [Fact]
    public async Task Orders_in_the_ledger_sum_to_the_rollups()
    {
        await using var shop = await ShopAsync();
        await shop.PutCatalogAsync(
            ("/v1/codes/mia10", """{"code":"MIA10","campaignId":"spring","creatorId":"mia"}"""), ("/v1/codes/ben10", """{"code":"BEN10","campaignId":"spring","creatorId":"ben"}"""),
            ("/v1/agreements/mia", """{"campaignId":"spring","creatorId":"mia","commission":{"kind":"percent_of_net","rate":"10"}}"""),
            ("/v1/costs/fee", """{"campaignId":"spring","creatorId":"mia","kind":"fee","currency":"USD","amount":"50","on":"2026-03-02"}"""));
        await shop.ProcessAsync([.. Enumerable.Range(1, 12).Select(i => Order(i, i == 12 ? "\"MIA10\",\"BEN10\"" : i % 2 == 0 ? "\"BEN10\"" : "\"MIA10\""))]);
        await shop.ProcessAsync("""{"type":"refund","id":"r-1","occurredAt":"2026-03-09T00:00:00Z","orderId":"1","refundId":"r-1","kind":"cancel"}""");

        foreach (var scope in new[] { "creator=mia", "creator=ben", "campaign=spring", "" })
        {
            var row = (await shop.GetAsync($"/v1/rollups/daily?{March}&groupBy=&{scope}"))["rows"]![0]!;
            var roi = await shop.GetAsync($"/v1/roi?{March}&{scope}");
            $"{roi["net"]} {roi["cost"]} {roi["roiPercent"]}".ShouldBe($"{row["net"]} {row["cost"]!["total"]} {row["roiPercent"]}", scope);
            // A sum over placements would count an order shared by two creators twice; here it counts once.
            roi["orders"]!.GetValue<long>().ShouldBe(row["orders"]!.GetValue<long>() - (scope.StartsWith("creator", StringComparison.Ordinal) ? 0 : 1), scope);
            if (roi["roiInterval"] is { } interval)
                Number(interval["low"]!).ShouldBeLessThan(Number(roi["roiPercent"]!), scope);
        }

        static decimal Number(JsonNode number) => decimal.Parse(number.GetValue<string>(), CultureInfo.InvariantCulture);
    }

    private static async Task<PipelineHost> ShopAsync()
    {
        var shop = await PipelineHost.StartAsync("2026-03-10T00:00:00Z");
        await shop.PutCatalogAsync(
            ("/v1/creators/mia", """{"name":"Mia","handles":[{"platform":"instagram","handle":"mia","followers":5000}]}"""), ("/v1/creators/ben", """{"name":"Ben"}"""), ("/v1/campaigns/spring", """{"name":"Spring"}"""));
        return shop;
    }

    private static string Counters(string post, string day, long impressions, long reach, long likes) =>
        $$"""{"type":"engagement","id":"{{post}}-{{day}}","occurredAt":"{{day}}T12:00:00Z","postId":"{{post}}","platform":"instagram","impressions":{{impressions}},"reach":{{reach}},"likes":{{likes}}}""";

    private static string Order(int number, string codes) =>
        $$"""{"type":"redemption","id":"e-{{number}}","occurredAt":"2026-03-03T09:00:00Z","orderId":"{{number}}","codes":[{{codes}}],"currency":"USD","gross":"{{20 + number}}.00"}""";

    private static string Describe(JsonNode? post)
    {
        var engagement = post!["engagement"]!;
        return $"{post["postId"]} {post["tier"]} {engagement["impressions"]} {engagement["reach"]} {engagement["likes"]} {engagement["engagementRate"]?.ToString() ?? "-"} {post["cost"]?.ToString() ?? "-"} "
            + $"{engagement["cpe"]?.ToString() ?? "-"} {engagement["cpm"]?.ToString() ?? "-"} good:{string.Join(',', post["meets"]!.AsArray().Select(name => name!.GetValue<string>()))}";
    }
}
