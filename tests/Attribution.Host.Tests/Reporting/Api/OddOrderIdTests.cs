using System.Net;
using System.Text.Json.Nodes;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Reporting.Api;

/// <summary>Orders whose ids no path can contain unchanged can be asked for by a query parameter.</summary>
public sealed class OddOrderIdTests : IAsyncLifetime
{
    private TestHost host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Ids => [".", "..", "a/b", "a\0b", "\0", "%2e", "a%2Fb", "../x", "#?&+ =", "\\", "ä\u202e", "by-id"];

    public async ValueTask InitializeAsync() => host = await TestHost.StartNewAsync();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Accepted_order_is_found_by_its_id(string id)
    {
        var order = new JsonObject
        {
            ["type"] = "conversion", ["id"] = "e", ["occurredAt"] = "2026-10-02T01:00:00Z", ["kind"] = "order", ["orderId"] = id,
            ["currency"] = "USD", ["gross"] = "100.00",
        };
        using (var accepted = await host.SendAsync(HttpMethod.Post, "/v1/events", order.ToJsonString()))
            (await accepted.Content.ReadAsStringAsync(Cancellation)).ShouldContain("\"accepted\":1");

        var found = "";
        await Eventually.IsTrueAsync(async () => (found = await GetAsync($"/v1/conversions?id={Uri.EscapeDataString(id)}")).Length > 0, "the order is attributed");
        JsonNode.Parse(found)!["id"]!.ToString().ShouldBe(id);
        using var search = await host.SendAsync(HttpMethod.Get, $"/orders?order={Uri.EscapeDataString(id)}");
        search.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await GetAsync(search.Headers.GetValues("Location").Single())).ShouldContain("USD");
    }

    [Theory]
    [InlineData("from=2026-10-01")]
    [InlineData("format=csv")]
    public async Task Id_excludes_the_parameters_of_the_list(string other)
    {
        using var answer = await host.SendAsync(HttpMethod.Get, $"/v1/conversions?id=x&{other}");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("codes", "..")]
    [InlineData("creators", ".")]
    [InlineData("links", "..")]
    public async Task Item_with_an_id_that_paths_lose_is_refused(string kind, string id)
    {
        using var answer = await host.SendAsync(HttpMethod.Post, $"/v1/{kind}/import", $$"""{"id":"{{id}}","name":"x"}""", type: "application/x-ndjson");
        (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldContain("\"accepted\":0");
    }

    /// <summary>Returns the body of an answer; empty unless it is successful.</summary>
    private async Task<string> GetAsync(string path)
    {
        using var answer = await host.SendAsync(HttpMethod.Get, path);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(Cancellation) : "";
    }
}
