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

    [Fact]
    public async Task Products_sum_the_lines_of_orders()
    {
        await host.PutCatalogAsync(("/v1/brands/default", """
            {"id":"default","name":"Shop","grossMarginPercent":"50","productMargins":[{"product":"Tee-1","grossMarginPercent":"60.5"},{"category":"SALE","grossMarginPercent":"20"}]}
            """));
        await host.ProcessAsync(
            """{"type":"redemption","id":"e-3","occurredAt":"2026-03-06T10:00:00Z","orderId":"3","codes":["MIA10"],"currency":"USD","gross":"30.00","lines":[{"product":"TEE-1","quantity":"1.5","goods":"20.00"},{"goods":"10.00"}]}""",
            """{"type":"redemption","id":"e-4","occurredAt":"2026-03-06T10:00:00Z","orderId":"4","codes":["MIA10"],"currency":"USD","gross":"7.00","lines":[{"product":"CAP","goods":"7.00"}]}""",
            """{"type":"refund","id":"r-4","occurredAt":"2026-03-07T10:00:00Z","orderId":"4","refundId":"1","kind":"cancel"}""",
            """{"type":"redemption","id":"e-5","occurredAt":"2026-03-06T10:00:00Z","orderId":"5","codes":["OTHER"],"currency":"USD","gross":"8.00","lines":[{"product":"tee-1","category":"Shirts","goods":"8.00"}]}""");

        // 25.00 + 20.00 + 8.00 at 60.5 %; 40.00 at 20 %; 90.00 without usable lines and 10.00 without a product at 50 %.
        (await DescribeAsync("")).ShouldBe(
        [
            " /  2 1 110.00 10.00 0.00 100.00 100.00 10.00 50.00 50.00", "tee-1 / Shirts 3 4.5 88.00 10.00 25.00 53.00 45.00 9.00 32.06 27.22",
            "MUG / Sale 1 1 40.00 0.00 0.00 40.00 40.00 0.00 8.00 8.00", "total  4 6.5 238.00 20.00 25.00 193.00 185.00 19.00 90.06 85.22",
        ]);
        (await DescribeAsync("&creator=mia")).ShouldBe(
        [
            " /  2 1 110.00 10.00 0.00 100.00 100.00 10.00 50.00 50.00", "tee-1 / shirts 2 3.5 80.00 10.00 25.00 45.00 45.00 9.00 27.22 27.22",
            "MUG / Sale 1 1 40.00 0.00 0.00 40.00 40.00 0.00 8.00 8.00", "total  3 5.5 230.00 20.00 25.00 185.00 185.00 19.00 85.22 85.22",
        ]);
        (await DescribeAsync("&by=category"))[1].ShouldStartWith(" / Sale 1 1 40.00");
        var net = (await host.GetAsync("/v1/rollups/daily?from=2026-03-01&to=2026-03-10&groupBy=creator"))["rows"]![0]!["net"]!.ToString();
        net.ShouldBe("185.00");
        (await host.TryGetAsync("/v1/products?from=2026-03-01&to=2026-03-10&by=shelf")).Status.ShouldBe(400);
        (await host.GetTextAsync("/v1/products?from=2026-03-01&to=2026-03-10&format=csv")).ShouldStartWith("product,category,orders,quantity,gross");
        var page = await host.GetPageAsync("/products?from=2026-03-01&to=2026-03-10");
        page.ShouldContain("tee-1");
        page.ShouldContain("90.06");
    }

    [Fact]
    public async Task Margin_of_a_product_is_unknown_without_one_for_each_part()
    {
        await host.PutCatalogAsync(("/v1/brands/default", """{"id":"default","name":"Shop","productMargins":[{"product":"MUG","grossMarginPercent":"25"}]}"""));

        (await DescribeAsync("")).ShouldBe(
        [
            " /  1 0 100.00 10.00 0.00 90.00 90.00 9.00  ", "MUG / Sale 1 1 40.00 0.00 0.00 40.00 40.00 0.00 10.00 10.00",
            "tee-1 / shirts 1 2 60.00 10.00 25.00 25.00 25.00 5.00  ", "total  2 3 200.00 20.00 25.00 155.00 155.00 14.00  ",
        ]);
    }

    private async Task<IReadOnlyList<string>> DescribeAsync(string more)
    {
        var answer = await host.GetAsync($"/v1/products?from=2026-03-01&to=2026-03-10{more}");
        string[] members = ["orders", "quantity", "gross", "discount", "refunds", "net", "creditedNet", "commission", "grossMargin", "creditedGrossMargin"];
        string Describe(System.Text.Json.Nodes.JsonNode row) => string.Join(' ', members.Select(member => row[member]?.ToString()));
        return [.. answer["items"]!.AsArray().Select(row => $"{row!["product"]} / {row["category"]} {Describe(row)}"), $"total  {Describe(answer["total"]!)}"];
    }

    private static string Order(string id, string lines) => $$"""
        {"type":"redemption","id":"e-{{id}}","occurredAt":"2026-03-05T10:00:00Z","orderId":"{{id}}","codes":["MIA10"],"currency":"USD","gross":"100.00","discount":"10.00","lines":{{lines}}}
        """;
}
