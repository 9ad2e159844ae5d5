using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

public sealed class UnmatchedNameTests : IAsyncLifetime
{
    private PipelineHost books = null!;

    public async ValueTask InitializeAsync()
    {
        books = await PipelineHost.StartAsync("2026-03-08T06:00:00Z");
        await books.PutCatalogAsync(
            ("/v1/creators/mia", """{"name":"Mia"}"""), ("/v1/campaigns/spring", """{"name":"Spring"}"""),
            ("/v1/links/mia-spring", """{"slug":"mia-spring","destination":"https://shop.example/","campaignId":"spring","creatorId":"mia"}"""),
            ("/v1/codes/mia10", """{"code":"MIA10","campaignId":"spring","creatorId":"mia","validTo":"2026-03-05T00:00:00Z"}"""),
            ("/v1/utm-rules/mia", """{"match":{"campaign":"spring","content":"mia"},"campaignId":"spring","creatorId":"mia"}"""));
        await books.ProcessAsync(
            """{"type":"click","id":"k-1","occurredAt":"2026-03-02T10:00:00Z","link":"mia-sprnig","visitorId":"v-1"}""",
            """{"type":"click","id":"k-2","occurredAt":"2026-03-04T10:00:00Z","link":"mia-sprnig","visitorId":"v-2"}""",
            """{"type":"click","id":"k-3","occurredAt":"2026-03-04T10:00:00Z","link":"mia-sprnig","visitorId":"v-3","userAgent":"Googlebot/2.1"}""",
            """{"type":"click","id":"k-4","occurredAt":"2026-03-04T10:00:00Z","link":"mia-spring","visitorId":"v-4"}""",
            """{"type":"visit","id":"p-1","occurredAt":"2026-03-03T10:00:00Z","visitorId":"v-5","url":"https://shop.example/?utm_campaign=Spring&utm_content=mai"}""",
            """{"type":"visit","id":"p-2","occurredAt":"2026-03-03T10:00:00Z","visitorId":"v-6","url":"https://shop.example/"}""",
            """{"type":"redemption","id":"o-1","occurredAt":"2026-03-06T10:00:00Z","orderId":"1","codes":["mia10","SUMMER","summer"],"currency":"USD","gross":"10.00"}""",
            """{"type":"redemption","id":"o-2","occurredAt":"2026-03-04T10:00:00Z","orderId":"2","codes":["mia10"],"currency":"USD","gross":"10.00"}""");
    }

    public ValueTask DisposeAsync() => books.DisposeAsync();

    [Fact]
    public async Task Unmatched_names_are_listed_with_counts_days_and_suggestions() => (await GetUnmatchedAsync()).ShouldBe(
    [
        "link mia-sprnig 2 2026-03-02 2026-03-04 [mia-spring]",
        // Valid, but not at the time of the order.
        "code MIA10 1 2026-03-06 2026-03-06 [MIA10]",
        "code SUMMER 1 2026-03-06 2026-03-06 []",
        "utm campaign=SPRING&content=MAI 1 2026-03-03 2026-03-03 [campaign=spring&content=mia]",
    ]);

    [Fact]
    public async Task Unmatched_names_disappear_once_the_catalog_defines_them()
    {
        await books.PutCatalogAsync(
            ("/v1/links/typo", """{"slug":"mia-sprnig","destination":"https://shop.example/","campaignId":"spring","creatorId":"mia"}"""),
            ("/v1/codes/summer", """{"code":"summer","campaignId":"spring","creatorId":"mia","validFrom":"2026-03-07T00:00:00Z"}"""),
            ("/v1/utm-rules/typo", """{"match":{"campaign":"spring","content":"mai"},"campaignId":"spring","creatorId":"mia"}"""));
        await books.ReevaluateAsync();

        // The code is valid only from the next day.
        (await GetUnmatchedAsync()).ShouldBe(["code MIA10 1 2026-03-06 2026-03-06 [MIA10]", "code SUMMER 1 2026-03-06 2026-03-06 [SUMMER]"]);
    }

    [Fact]
    public async Task Unmatched_names_disappear_once_a_correction_removes_them()
    {
        await books.ProcessAsync("""{"type":"redemption","id":"o-1b","occurredAt":"2026-03-06T10:00:01Z","orderId":"1","codes":["SUMMER"],"currency":"USD","gross":"10.00"}""");
        (await GetUnmatchedAsync("?kind=code")).ShouldBe(["code SUMMER 1 2026-03-06 2026-03-06 []"]);
    }

    [Theory]
    [InlineData("?kind=code", 2)]
    [InlineData("?kind=link", 1)]
    [InlineData("?kind=utm", 1)]
    [InlineData("?limit=3", 3)]
    public async Task Unmatched_names_can_be_filtered_by_kind_and_paged(string query, int names) => (await GetUnmatchedAsync(query)).Count().ShouldBe(names);

    [Theory]
    [InlineData("brand=nobody", "brand")]
    [InlineData("kind=codes", "kind")]
    [InlineData("limit=1001", "limit")]
    [InlineData("cursor=YWJj", "cursor")]
    [InlineData("campaign=spring", "campaign")]
    public async Task Invalid_parameters_are_named(string query, string parameter)
    {
        var (status, body) = await books.TryGetAsync($"/v1/unmatched?{query}");
        status.ShouldBe(400);
        body!["parameter"]!.GetValue<string>().ShouldBe(parameter);
    }

    private async Task<IEnumerable<string>> GetUnmatchedAsync(string query = "") =>
        (await books.GetAsync($"/v1/unmatched{query}"))["items"]!.AsArray()
            .Select(name => $"{name!["kind"]} {name["name"]} {name["count"]} {name["firstSeen"]} {name["lastSeen"]} [{string.Join(' ', name["nearest"]!.AsArray())}]");
}
