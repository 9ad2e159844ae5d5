using System.Net;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Reporting.Pages;

/// <summary>The overview's list of what needs attention.</summary>
public sealed class AttentionListTests : IAsyncLifetime
{
    private TestHost host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        host = await TestHost.StartNewAsync();
        await SendAsync(HttpMethod.Put, "/v1/creators/mia", """{"id":"mia","name":"Mia"}""");
        await SendAsync(HttpMethod.Put, "/v1/campaigns/spring", """{"id":"spring","name":"Spring"}""");
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Facts_that_were_not_counted_are_named_until_corrected()
    {
        (await PageAsync("/")).ShouldNotContain("Needs attention");
        await SendAsync(
            HttpMethod.Post, "/v1/events",
            """
            [{"type":"redemption","id":"o-1","occurredAt":"2026-10-02T10:00:00Z","orderId":"1","codes":["MIA10"],"currency":"USD","gross":"10.00"},
             {"type":"redemption","id":"o-2","occurredAt":"2026-10-02T10:00:00Z","orderId":"2","codes":["MIA10"],"currency":"USD","gross":"10.00"},
             {"type":"conversion","id":"o-3","occurredAt":"2026-10-02T10:00:00Z","orderId":"3","kind":"order","currency":"SEK","gross":"10.00"},
             {"type":"click","id":"k-1","occurredAt":"2026-10-02T10:00:00Z","link":"mia-sprnig","visitorId":"v-1"},
             {"type":"refund","id":"r-1","occurredAt":"2026-10-02T10:00:00Z","orderId":"none","refundId":"r","kind":"refund","currency":"USD","amount":"1.00"},
             {"type":"conversion","id":"o-4","occurredAt":"2026-10-02T10:00:00Z","orderId":"4","kind":"sale","currency":"USD","gross":"10.00"}]
            """);
        await Eventually.IsTrueAsync(
            async () => (await PageAsync("/quality")).Contains("mia-sprnig", StringComparison.Ordinal), "the rollups contain the events");

        // A write of the catalog makes the next page read the list anew.
        await SendAsync(HttpMethod.Put, "/v1/creators/ben", """{"id":"ben","name":"Ben"}""");
        var overview = await PageAsync("/");
        overview.ShouldContain("1 event was rejected. <a href=\"/quality#rejections\">");
        overview.ShouldContain("1 conversion waits for an exchange rate. <a href=\"/quality#unmatched\">");
        overview.ShouldContain("2 orders with codes that belong to no creator: MIA10. <a href=\"/quality#unmatched\">");
        overview.ShouldContain("1 click on an unknown link: mia-sprnig.");
        overview.ShouldContain("1 refund waits for an order that was not reported. <a href=\"/quality#faults\">");
        var quality = await PageAsync("/quality");
        foreach (var section in new[] { "rejections", "unmatched", "faults" }) quality.ShouldContain($"id=\"{section}\"");

        await SendAsync(HttpMethod.Put, "/v1/codes/mia10", """{"id":"mia10","code":"MIA10","campaignId":"spring","creatorId":"mia"}""");
        await Eventually.IsTrueAsync(
            async () => !(await PageAsync("/quality")).Contains("<code>MIA10</code>", StringComparison.Ordinal), "the orders are evaluated again");
        await SendAsync(HttpMethod.Put, "/v1/creators/zoe", """{"id":"zoe","name":"Zoe"}""");
        (await PageAsync("/")).ShouldNotContain("codes that belong to no creator");
    }

    private async Task SendAsync(HttpMethod method, string path, string json)
    {
        using var response = await host.SendAsync(method, path, json);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Cancellation));
    }

    private async Task<string> PageAsync(string path)
    {
        using var response = await host.SendAsync(HttpMethod.Get, path);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }
}
