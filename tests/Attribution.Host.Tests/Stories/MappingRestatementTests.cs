using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Stories;

/// <summary>An order that version 1.0.0 read from a shop's delivery, and that the shop delivers again.</summary>
public sealed class MappingRestatementTests
{
    [Theory]
    // The same state, with the shop's own time or the time of the delivery within its second; a later state.
    [InlineData("2026-03-02T10:00:00.000Z", "2026-03-02T10:00:00.000Z", "mapping 20.00")]
    [InlineData("2026-03-02T10:00:00Z", "2026-03-02T10:00:00.400Z", "mapping 20.00")]
    [InlineData("2026-03-02T10:00:00.000Z", "2026-03-02T10:00:01.000Z", "conversion 20.00")]
    public async Task Redelivered_state_is_restated_as_mapping(string before, string after, string restated)
    {
        await using var host = await PipelineHost.StartAsync("2026-03-02T12:00:00Z");
        await host.PutCatalogAsync(
            ("/v1/creators/mia", """{"name":"Mia"}"""), ("/v1/campaigns/spring", """{"name":"Spring"}"""),
            ("/v1/codes/mia", """{"code":"MIA","campaignId":"spring","creatorId":"mia"}"""));
        await host.ProcessAsync(
            $$"""{"type":"conversion","id":"order:1:{{before}}","occurredAt":"2026-03-02T10:00:00Z","kind":"order","orderId":"shop:1","currency":"USD","gross":"100.00","codes":["MIA"]}""");
        await host.AdvanceToAsync("2026-03-09T12:00:00Z");

        await host.ProcessAsync(
            $$"""{"type":"conversion","id":"order:1:{{after}}:0123456789ab","occurredAt":"2026-03-02T10:00:00Z","kind":"order","orderId":"shop:1","currency":"USD","gross":"120.00","codes":["MIA"],"stateAt":"{{after}}","refundIds":[]}""");

        var items = (await host.GetAsync("/v1/restatements?from=2026-03-01&to=2026-03-31"))["items"]!.AsArray();
        items.Select(item => $"{item!["reason"]} {item["amount"]}").ShouldBe([restated]);
        items[0]!["causedBy"]!.ToString().ShouldBe($"shop/order:1:{after}:0123456789ab");
    }
}
