using System.Text.Json.Nodes;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

/// <summary>New customers by who brought them, and what they ordered since.</summary>
public sealed class CohortTests : IAsyncLifetime
{
    private PipelineHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await PipelineHost.StartAsync("2026-04-15T00:00:00Z");
        await host.PutCatalogAsync(
            ("/v1/brands/default", """{"id":"default","name":"Shop","grossMarginPercent":"50"}"""),
            ("/v1/creators/mia", """{"id":"mia","name":"Mia"}"""), ("/v1/creators/ben", """{"id":"ben","name":"Ben"}"""),
            ("/v1/campaigns/spring", """{"id":"spring","name":"Spring"}"""),
            ("/v1/codes/mia10", """{"id":"mia10","code":"MIA10","campaignId":"spring","creatorId":"mia"}"""),
            ("/v1/codes/ben10", """{"id":"ben10","code":"BEN10","campaignId":"spring","creatorId":"ben"}"""),
            ("/v1/costs/fee", """{"id":"fee","campaignId":"spring","creatorId":"mia","kind":"production","currency":"USD","amount":"97.00","on":"2026-03-01"}"""));
        await host.ProcessAsync(
            // Anna: brought by Mia, returns without and with a code; a refund after 31 days.
            Order("a1", "2026-03-01", "anna", "MIA10", "100.00"), Order("a2", "2026-03-21", "anna", null, "50.00"),
            Order("a3", "2026-04-02", "anna", "BEN10", "40.00"), Refund("a1", "2026-04-01", "20.00"),
            // Carl: brought by two creators, in equal parts of an odd amount.
            Order("c1", "2026-03-05", "carl", "MIA10\",\"BEN10", "33.33"),
            // Dora: brought by no one. Emil: by the shop's word a returning customer. No key at all. A cancelled first order.
            Order("d1", "2026-03-06", "dora", null, "10.00"), Order("e1", "2026-03-07", "emil", "MIA10", "70.00", isNew: "false"),
            Order("x1", "2026-03-08", null, "MIA10", "5.00"), Order("f1", "2026-03-08", "fay", "BEN10", "80.00"),
            """{"type":"refund","id":"cancel","occurredAt":"2026-03-09T10:00:00Z","orderId":"f1","refundId":"c","kind":"cancel"}""",
            Order("f2", "2026-03-10", "fay", "MIA10", "8.00"));
    }

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Customers_count_for_who_is_credited_for_their_first_order()
    {
        var rows = await ReadAsync("");

        // Carl's share of Mia is 0.5; 33.33 is divided 16.67 and 16.66, as in the ledger.
        rows.Select(row => $"{row["creatorId"]} {row["customers"]} {row["cost"]} {row["costPerNewCustomer"]} {row["paybackDays"]}").ShouldBe(
            ["mia 2.500000 97.00 38.80 32", " 1.000000   ", "ben 0.500000 0.00  "]);
        rows.Select(row => $"{Describe(row["new"])}; {Describe(row["returning"])}; {Describe(row["unknown"])}").ShouldBe(
        [
            "2.500000 104.67; 1.000000 70.00; 1.000000 5.00", "1.000000 10.00; 1.000000 50.00; 0.000000 0.00", "0.500000 16.66; 0.000000 0.00; 0.000000 0.00",
        ]);
    }

    [Fact]
    public async Task Orders_and_refunds_count_within_days_of_the_first_order()
    {
        var mia = (await ReadAsync("&creator=mia")).ShouldHaveSingleItem();

        // 100.00 and 50.00 of Anna, 16.67 of Carl and 8.00 of Fay; the refund is of the 32nd day, the third order of the 33rd.
        DescribeAge(mia["after30"]!).ShouldBe("2.500000 3.500000 174.67 0.00 69.87 / 0.000000 0.000000 0.00 0.00");
        DescribeAge(mia["after60"]!).ShouldBe("0.000000 0.000000 0.00 0.00  / 2.500000 4.500000 214.67 20.00");
    }

    [Fact]
    public async Task Rows_by_campaign_sum_to_those_by_creator()
    {
        var rows = await ReadAsync("&groupBy=campaign");

        rows.Select(row => $"{row["campaignId"]} {row["customers"]} {DescribeAge(row["after30"]!)}").ShouldBe(
        [
            "spring 3.000000 3.000000 4.000000 191.33 0.00 63.78 / 0.000000 0.000000 0.00 0.00",
            " 1.000000 1.000000 1.000000 10.00 0.00 10.00 / 0.000000 0.000000 0.00 0.00",
        ]);
        rows[0]["projectedNet"].ShouldBeNull();
        (await host.TryGetAsync("/v1/cohorts?from=2026-03-01&to=2026-03-31&groupBy=day")).Status.ShouldBe(400);
        (await host.GetTextAsync("/v1/cohorts?from=2026-03-01&to=2026-03-31&format=csv")).Split("\r\n")[0].ShouldContain("after30NetPerCustomer");
        var page = await host.GetPageAsync("/cohorts?from=2026-03-01&to=2026-03-31");
        page.ShouldContain("69.87");
        page.ShouldContain("too few to tell");
        page.ShouldContain("after 32 days");
    }

    [Fact]
    public async Task Codes_tell_orders_of_customers_who_were_known_before()
    {
        await host.PutCatalogAsync(("/v1/links/bio", """{"id":"bio","campaignId":"spring","creatorId":"ben","slug":"ben","destination":"https://shop.example/"}"""));
        await host.ProcessAsync(
            // Gus clicks Ben's link before his first order, so Ben reached him first.
            """{"type":"click","id":"k1","occurredAt":"2026-03-10T10:00:00Z","link":"ben","visitorId":"v1"}""",
            """{"type":"conversion","kind":"order","id":"e-g1","occurredAt":"2026-03-11T10:00:00Z","orderId":"g1","visitorId":"v1","customerKey":"gus","currency":"USD","gross":"10.00"}""",
            Order("g2", "2026-03-20", "gus", "BEN10", "10.00"));

        // Anna's third order used Ben's code after two without him. Emil is known by the shop's word.
        (await host.GetAsync("/v1/code-usage"))["items"]!.AsArray().Select(code => $"{code!["code"]} {code["orders"]} {code["knownBefore"]}")
            .ShouldBe(["MIA10 5 1", "BEN10 3 1"]);
    }

    private static string Describe(JsonNode? orders) => $"{orders!["orders"]} {orders["net"]}";

    private static string DescribeAge(JsonNode age)
    {
        string Join(params string[] names) => string.Join(' ', names.Select(name => age[name]?.ToString()));
        return $"{Join("customers", "orders", "net", "refunds", "netPerCustomer")} / {Join("growingCustomers", "growingOrders", "growingNet", "growingRefunds")}";
    }

    private async Task<IReadOnlyList<JsonNode>> ReadAsync(string more) =>
        [.. (await host.GetAsync($"/v1/cohorts?from=2026-03-01&to=2026-03-31{more}"))["items"]!.AsArray().Select(row => row!)];

    private static string Order(string id, string day, string? customer, string? codes, string gross, string? isNew = null) => $$"""
        {"type":"conversion","kind":"order","id":"e-{{id}}","occurredAt":"{{day}}T10:00:00Z","orderId":"{{id}}","codes":[{{(codes is null ? "" : $"\"{codes}\"")}}],
         "currency":"USD","gross":"{{gross}}"{{(customer is null ? "" : $",\"customerKey\":\"{customer}\"")}}{{(isNew is null ? "" : $",\"isNewCustomer\":{isNew}")}}}
        """.Replace("\n", "", StringComparison.Ordinal);

    private static string Refund(string order, string day, string amount) => $$"""
        {"type":"refund","id":"r-{{order}}","occurredAt":"{{day}}T10:00:00Z","orderId":"{{order}}","refundId":"1","kind":"refund","currency":"USD","amount":"{{amount}}"}
        """;
}
