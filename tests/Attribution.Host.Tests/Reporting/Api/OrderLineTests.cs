using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

/// <summary>Lines of an order, from the event to the explanation of what each paid.</summary>
public sealed class OrderLineTests : IAsyncLifetime
{
    private PipelineHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await PipelineHost.StartAsync("2026-03-10T00:00:00Z");
        await host.PutCatalogAsync(
            ("/v1/creators/mia", """{"id":"mia","name":"Mia"}"""), ("/v1/campaigns/spring", """{"id":"spring","name":"Spring"}"""),
            ("/v1/codes/mia10", """{"id":"mia10","code":"MIA10","campaignId":"spring","creatorId":"mia"}"""),
            ("/v1/agreements/a", """
                {"id":"a","campaignId":"spring","creatorId":"mia","commission":{"kind":"percent_of_net","rate":"10"},
                 "excludedCategories":["sale"],"productRates":[{"product":"TEE-1","rate":"20"}]}
                """));
        await host.ProcessAsync(
            Order("1", """[{"id":"l-1","product":"tee-1","category":"shirts","quantity":2,"goods":"60.00","discount":"10.00"},{"product":"MUG","category":"Sale","goods":"40.00"}]"""),
            Order("2", """[{"product":"MUG","goods":"39.00"}]"""),
            """{"type":"refund","id":"r-1","occurredAt":"2026-03-07T10:00:00Z","orderId":"1","refundId":"1","kind":"refund","currency":"USD","amount":"25.00","lines":[{"id":"l-1","amount":"25.00"}]}""");
    }

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Explanation_lists_what_each_line_paid()
    {
        var order = await host.GetAsync("/v1/conversions/1");

        order["lines"]!.AsArray().Select(line => string.Join(' ', new[] { "product", "category", "quantity", "gross", "discount", "refunds", "net" }.Select(name => line![name]!.ToString())))
            .ShouldBe(["tee-1 shirts 2 60.00 10.00 25.00 25.00", "MUG Sale 1 40.00 0.00 0.00 40.00"]);
        order["lines"]!.AsArray().Select(line => line!["commissions"]![0]!).Select(paid => $"{paid["rate"]} {paid["net"]} {paid["amount"]}")
            .ShouldBe(["20 25.00 5.00", " 40.00 0.00"]);
        order["commissions"]![0]!["amount"]!.ToString().ShouldBe("5.00");
        var page = await host.GetPageAsync("/orders/1");
        page.ShouldContain("tee-1");
        page.ShouldContain("excluded");
    }

    [Fact]
    public async Task Order_whose_lines_do_not_add_up_is_paid_as_a_whole()
    {
        var order = await host.GetAsync("/v1/conversions/2");

        order["lines"].ShouldBeNull();
        order["commissions"]![0]!["amount"]!.ToString().ShouldBe("9.00");
    }

    private static string Order(string id, string lines) => $$"""
        {"type":"redemption","id":"e-{{id}}","occurredAt":"2026-03-05T10:00:00Z","orderId":"{{id}}","codes":["MIA10"],"currency":"USD","gross":"100.00","discount":"10.00","lines":{{lines}}}
        """;
}
