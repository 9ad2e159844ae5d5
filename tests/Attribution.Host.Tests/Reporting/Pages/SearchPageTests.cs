using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Reporting.Pages;

/// <summary>The search over everything, and the orders that are credited to no creator.</summary>
public sealed class SearchPageTests : IAsyncLifetime
{
    private const string Days = "from=2026-10-01&to=2026-10-31";

    private TestHost host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        host = await TestHost.StartNewAsync();
        foreach (var (path, json) in new[]
        {
            ("creators/mia", """{"name":"Mia Glow","handles":[{"platform":"instagram","handle":"glowing","followers":10}]}"""),
            ("creators/ben", """{"name":"Ben"}"""), ("brands/other", """{"name":"Other"}"""),
            ("campaigns/spring", """{"name":"Spring <b>"}"""), ("campaigns/theirs", """{"name":"Spring of theirs","brandId":"other"}"""),
            ("codes/c1", """{"code":"MIA10","campaignId":"spring","creatorId":"mia"}"""),
            ("codes/c2", """{"code":"MIA20","campaignId":"theirs","creatorId":"mia"}"""),
            ("links/l1", """{"slug":"mia-spring","destination":"https://shop.example/","campaignId":"spring","creatorId":"mia"}"""),
        })
            await SendAsync(HttpMethod.Put, $"/v1/{path}", json);
        await SendAsync(
            HttpMethod.Post, "/v1/events",
            """
            [{"type":"redemption","id":"e-1","occurredAt":"2026-10-02T10:00:00Z","orderId":"A-1","codes":["MIA10"],"currency":"USD","gross":"10.00"},
             {"type":"conversion","id":"e-2","occurredAt":"2026-10-03T10:00:00Z","orderId":"A-2","kind":"order","currency":"USD","gross":"20.00","discount":"1.00"},
             {"type":"conversion","id":"e-3","occurredAt":"2026-10-04T10:00:00Z","orderId":"A-3","kind":"order","currency":"USD","gross":"30.00"},
             {"type":"refund","id":"e-4","occurredAt":"2026-10-05T10:00:00Z","orderId":"A-3","refundId":"r","kind":"refund","currency":"USD","amount":"5.00"},
             {"type":"conversion","id":"e-5","occurredAt":"2026-10-05T10:00:00Z","orderId":"A-4","kind":"order","currency":"USD","gross":"40.00"},
             {"type":"refund","id":"e-6","occurredAt":"2026-10-06T10:00:00Z","orderId":"A-4","refundId":"c","kind":"cancel","currency":"USD"},
             {"type":"conversion","id":"e-7","occurredAt":"2026-11-04T10:00:00Z","orderId":"A-5","kind":"order","currency":"USD","gross":"50.00"}]
            """);
        await Eventually.IsTrueAsync(
            async () => (await GetAsync("/v1/quality")).Contains("\"settled\":true", StringComparison.Ordinal)
                && (await GetAsync("/v1/rollups/daily?from=2026-11-01&to=2026-11-30&groupBy=")).Contains("50.00", StringComparison.Ordinal),
            "the rollups contain the events");
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Theory]
    [InlineData("mia", "creators/mia codes/item?id=c1 links/item?id=l1")]
    [InlineData("GLOW", "creators/mia")]
    [InlineData("glowing", "creators/mia")]
    [InlineData("spring", "campaigns/spring links/item?id=l1")]
    [InlineData("MIA20", "")]
    [InlineData("A-2", "orders/A-2")]
    [InlineData("A-", "links/item?id=l1")]
    [InlineData("", "")]
    public async Task Text_is_found_in_what_the_brand_has(string text, string expected)
    {
        var page = await GetAsync($"/search?q={Uri.EscapeDataString(text)}");
        var main = page[page.IndexOf("<main", StringComparison.Ordinal)..page.IndexOf("</main>", StringComparison.Ordinal)];
        Regex.Matches(main, "<li><a href=\"/(?:catalog/)?([^\"&]+)").Select(link => link.Groups[1].Value).Order()
            .ShouldBe(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order());
        page.ShouldNotContain("Spring <b>");
    }

    [Fact]
    public async Task Unattributed_orders_add_up_to_those_of_the_rollups()
    {
        var rest = JsonNode.Parse(await GetAsync($"/v1/rollups/daily?{Days}&groupBy="))!["unattributed"]![0]!;
        var list = JsonNode.Parse(await GetAsync($"/v1/conversions?{Days}&credit=none"))!;
        list["items"]!.AsArray().Select(item => (string)item!["id"]!).ShouldBe(["A-3", "A-2"]);
        ((string)list["totals"]!["net"]!, list["totals"]!["count"]!.GetValue<int>()).ShouldBe(((string)rest["net"]!, rest["orders"]!.GetValue<int>()));
        (await GetAsync($"/v1/conversions?{Days}&credit=none&format=csv")).ShouldContain("A-2,order,2026-10-03,0.000000,19.00,0.00");
        var page = await GetAsync($"/orders?{Days}&only=unattributed");
        page.ShouldContain("All 2 of the selection");
        page.ShouldContain("<td>44.00</td>");
        (await GetAsync($"/orders?{Days}")).ShouldContain("only=unattributed");
        foreach (var query in new[] { "credit=some", "credit=none&creator=mia" })
            (await host.SendAsync(HttpMethod.Get, $"/v1/conversions?{Days}&{query}")).StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest, query);
    }

    [Fact]
    public async Task Statements_of_the_last_month_are_named_until_paid()
    {
        var month = DateOnly.FromDateTime(DateTimeOffset.UtcNow.UtcDateTime).AddMonths(-1);
        await SendAsync(HttpMethod.Put, "/v1/agreements/a", $$$"""{"campaignId":"spring","creatorId":"mia","validFrom":"{{{month.AddMonths(-1):yyyy-MM}}}-01","commission":{"kind":"percent_of_net","rate":"10"}}""");
        await SendAsync(HttpMethod.Post, "/v1/events",
            $$"""{"type":"redemption","id":"due","occurredAt":"{{month:yyyy-MM}}-01T10:00:00Z","orderId":"due","codes":["MIA10"],"currency":"USD","gross":"500.00"}""");
        await Eventually.IsTrueAsync(
            async () => (await GetAsync($"/v1/statements/months/{month:yyyy-MM}")).Contains("mia", StringComparison.Ordinal), "the commission is booked");
        await TouchAsync("x1");
        var overview = await GetAsync("/");
        overview.ShouldMatch("1 statement of [^<]* is to be closed: [0-9.]+ USD\\. <a href=\"/statements\\?month=" + $"{month:yyyy-MM}");
        var closed = JsonNode.Parse(await SendAsync(HttpMethod.Post, "/v1/statements/close", $$"""{"month":"{{month:yyyy-MM}}"}"""))!;
        await TouchAsync("x2");
        (await GetAsync("/")).ShouldContain("is to be paid");
        await SendAsync(HttpMethod.Post, $"/v1/statements/{closed["statements"]![0]!["number"]}/paid", "{}");
        await TouchAsync("x3");
        (await GetAsync("/")).ShouldNotContain("to be paid");
    }

    // A write of the catalog makes the next page read the list anew.
    private Task<string> TouchAsync(string creator) => SendAsync(HttpMethod.Put, $"/v1/creators/{creator}", """{"name":"X"}""");

    private async Task<string> GetAsync(string path)
    {
        using var answer = await host.SendAsync(HttpMethod.Get, path);
        answer.IsSuccessStatusCode.ShouldBeTrue(path);
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }

    private async Task<string> SendAsync(HttpMethod method, string path, string json)
    {
        using var answer = await host.SendAsync(method, path, json);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{path}: {text}");
        return text;
    }
}
