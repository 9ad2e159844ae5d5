using System.Text.Json.Nodes;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

/// <summary>Codes with the orders behind them, and their comparison with a shop's list.</summary>
public sealed class CodeUsageTests : IAsyncLifetime
{
    private PipelineHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await PipelineHost.StartAsync("2026-03-10T00:00:00Z");
        await host.PutCatalogAsync(
            ("/v1/creators/mia", """{"id":"mia","name":"Mia"}"""), ("/v1/campaigns/spring", """{"id":"spring","name":"Spring"}"""),
            ("/v1/codes/mia10", """{"id":"mia10","code":"Mia10","campaignId":"spring","creatorId":"mia","validFrom":"2026-03-03T00:00:00Z","validTo":"2026-06-01T00:00:00Z"}"""),
            ("/v1/codes/idle", """{"id":"idle","code":"IDLE","campaignId":"spring","creatorId":"mia"}"""));
        await host.ProcessAsync(
            Order("1", "2026-03-04", "mia10", "100.00"), Order("2", "2026-03-05", "MIA10", "50.00"), Order("3", "2026-03-02", "MIA10", "30.00"),
            Order("4", "2026-03-04", "friend\",\"mia10", "70.00"), Order("5", "2026-03-06", "friend", "20.00"), Order("6", "2026-03-06", "gone", "900.00"),
            """{"type":"refund","id":"r5","occurredAt":"2026-03-07T10:00:00Z","orderId":"5","refundId":"1","kind":"refund","currency":"USD","amount":"5.00"}""",
            """{"type":"refund","id":"r6","occurredAt":"2026-03-07T10:00:00Z","orderId":"6","refundId":"1","kind":"cancel"}""");
    }

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Codes_are_listed_with_owner_orders_and_net()
    {
        Describe(await host.GetAsync("/v1/code-usage")).ShouldBe(
        [
            "FRIEND unowned  2 85.00 2026-03-04 2026-03-06", "MIA10 not_valid  1 30.00 2026-03-02 2026-03-02",
            "IDLE unused idle 0 0.00  ", "Mia10 used mia10 3 220.00 2026-03-04 2026-03-05",
        ]);
        Describe(await host.GetAsync("/v1/code-usage?status=unused")).ShouldBe(["IDLE unused idle 0 0.00  "]);
        (await host.TryGetAsync("/v1/code-usage?status=lost")).Status.ShouldBe(400);
        (await host.GetTextAsync("/v1/code-usage?status=unowned&format=csv")).Split("\r\n")[1].ShouldStartWith("FRIEND,unowned,,,,2,USD,85.00,2026-03-04,2026-03-06");
    }

    [Fact]
    public async Task Page_shows_the_same_codes()
    {
        var page = await host.GetPageAsync("/code-usage");
        page.ShouldContain("<code>FRIEND</code>");
        page.ShouldContain("<code>IDLE</code>");
        page.ShouldContain("85.00");
    }

    [Fact]
    public async Task List_of_a_shop_is_compared_with_owners_ends_limits_and_uses()
    {
        var answer = await CompareAsync(
            "woocommerce-coupons", """
            [{"code":"mia10","status":"publish","usage_limit":3,"usage_count":3,"date_expires_gmt":"2026-07-01T00:00:00"},
             {"code":"friend","status":"publish","usage_limit":null,"usage_count":2,"date_expires_gmt":null},
             {"code":"old","status":"draft","usage_limit":0,"usage_count":0,"date_expires_gmt":null}]
            """);
        DescribeDifferences(answer).ShouldBe(
        [
            "Mia10 end_differs 2026-07-01T00:00:00Z 2026-06-01T00:00:00Z 3 3 4 250.00", "Mia10 limit_reached 2026-07-01T00:00:00Z 2026-06-01T00:00:00Z 3 3 4 250.00",
            "Mia10 uses_differ 2026-07-01T00:00:00Z 2026-06-01T00:00:00Z 3 3 4 250.00", "friend unowned    2 2 85.00", "IDLE not_in_shop     0 0.00",
        ]);
    }

    [Theory]
    [InlineData("shopify-discounts", "Name,Value,Value Type,Times Used In Total,Usage Limit Per Code,Status,Start,End\nMIA10,-10,percentage,4,,Active,2026-03-01 00:00:00 +0000,2026-06-01 02:00:00 +0200\nIDLE,-5,percentage,0,-,Expired,,\n")]
    [InlineData("stripe-promotion-codes", """{"data":[{"code":"MIA10","active":true,"expires_at":1780272000,"max_redemptions":null,"times_redeemed":4},{"code":"idle","active":false,"times_redeemed":0}]}""")]
    public async Task Lists_of_all_vendors_are_read(string list, string body) =>
        (await CompareAsync(list, body))["items"]!.AsArray().Select(item => $"{item!["code"]} {item["difference"]}").ShouldBe(["IDLE inactive_in_shop"]);

    [Theory]
    [InlineData("shopify-discounts", "Code\nMIA10\n", "The header has no column 'Name'")]
    [InlineData("shopify-discounts", "Name,End\nMIA10,01.06.2026\n", "Row 2, column End")]
    [InlineData("woocommerce-coupons", "{\"id\":1}", "It must be a list")]
    [InlineData("woocommerce-coupons", "[{}]", "Document 1 has no code")]
    [InlineData("stripe-promotion-codes", "[", "It is not JSON")]
    [InlineData("csv", "[]", "Must be one of shopify-discounts")]
    public async Task List_that_cannot_be_read_is_refused_with_its_place(string list, string body, string detail)
    {
        var (status, problem) = await host.PostAsync($"/v1/code-usage/compare?list={list}", body);
        (status, problem!.ToJsonString()).ShouldSatisfyAllConditions(found => found.status.ShouldBe(400), found => System.Text.RegularExpressions.Regex.Unescape(found.Item2).ShouldContain(detail));
    }

    private static string Order(string id, string day, string codes, string gross) =>
        $$"""{"type":"redemption","id":"e{{id}}","occurredAt":"{{day}}T10:00:00Z","orderId":"{{id}}","codes":["{{codes}}"],"currency":"USD","gross":"{{gross}}"}""";

    private static IEnumerable<string> Describe(JsonNode answer) => answer["items"]!.AsArray().Select(
        item => $"{item!["code"]} {item["status"]} {item["codeId"]} {item["orders"]} {item["net"]} {item["firstSeen"]} {item["lastSeen"]}");

    private static IEnumerable<string> DescribeDifferences(JsonNode answer) => answer["items"]!.AsArray().Select(
        item => $"{item!["code"]} {item["difference"]} {item["endsInShop"]} {item["validTo"]} {item["limit"]} {item["usesInShop"]} {item["orders"]} {item["net"]}");

    private async Task<JsonNode> CompareAsync(string list, string body)
    {
        var (status, answer) = await host.PostAsync($"/v1/code-usage/compare?list={list}", body);
        status.ShouldBe(200, answer?.ToJsonString());
        return answer!;
    }
}
