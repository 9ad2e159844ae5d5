using System.Text;
using System.Text.Json.Nodes;
using Attribution.Host.Tests.Fixtures;
using Attribution.Host.Tests.Ingest.Webhooks;
using Attribution.Host.Tests.Ingest.Webhooks.Stripe;

namespace Attribution.Host.Tests.Stories;

/// <summary>
/// New customers of every shop, by the shop's word or by the orders of the customer key, and what an agreement for new
/// customers pays for them.
/// </summary>
public sealed class NewCustomerTests : IAsyncLifetime
{
    private PipelineHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await PipelineHost.StartAsync("2026-11-21T12:00:00Z");
        await host.PutCatalogAsync(
            ("/v1/creators/mia", """{"name":"Mia"}"""), ("/v1/campaigns/spring", """{"name":"Spring"}"""),
            ("/v1/codes/mia10", """{"code":"MIA10","campaignId":"spring","creatorId":"mia"}"""),
            ("/v1/codes/promo", """{"code":"promo_1Mia","campaignId":"spring","creatorId":"mia"}"""),
            ("/v1/agreements/mia-new", """{"campaignId":"spring","creatorId":"mia","commission":{"kind":"percent_of_net","rate":"10"},"newCustomersOnly":true}"""));
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task First_order_of_each_shop_is_new_and_pays()
    {
        await DeliverAsync("shopify", "orders/paid", SampleOrders.Shopify("""{"customer":{"id":777001}}""", 1));
        await DeliverAsync("shopify", "orders/paid", SampleOrders.Shopify("""{"customer":{"id":777001},"created_at":"2026-11-20T11:00:00+00:00","processed_at":"2026-11-20T11:00:00+00:00"}""", 2));
        await DeliverAsync("woocommerce", "order.updated", SampleOrders.WooCommerce("""{"customer_id":31}""", 3));
        await DeliverAsync("woocommerce", "order.updated", SampleOrders.WooCommerce("""{"customer_id":31,"date_created_gmt":"2026-11-20T11:00:00"}""", 4));
        await DeliverAsync("woocommerce", "order.updated", SampleOrders.WooCommerce("{}", 5));
        await host.ProcessAsync([.. StripeDelivery.MapJson(StripeSession("cs_1", "cus_1", 1_772_532_000)), .. StripeDelivery.MapJson(StripeSession("cs_2", "cus_1", 1_772_532_600))]);

        (await DescribeAsync("shop:1")).ShouldBe("true new history 10.00");
        (await DescribeAsync("shop:2")).ShouldBe("false returning history returning_customer");
        (await DescribeAsync("shop:3")).ShouldBe("true new history 10.00");
        (await DescribeAsync("shop:4")).ShouldBe("false returning history returning_customer");
        (await DescribeAsync("shop:5")).ShouldBe("false unknown  unknown_customer");
        (await DescribeAsync("shop:pi_cs_1")).ShouldBe("true new history 9.00");
        (await DescribeAsync("shop:pi_cs_2")).ShouldBe("false returning history returning_customer");
    }

    [Fact]
    public async Task Order_of_an_unknown_customer_is_counted_apart_everywhere()
    {
        await host.ProcessAsync(Order("1", "2026-11-20T10:00:00Z", customer: null), Order("2", "2026-11-20T10:00:00Z", "ann"));

        const string Days = "from=2026-11-20&to=2026-11-20";
        var rollup = await host.GetAsync($"/v1/rollups/daily?{Days}");
        foreach (var part in new[] { rollup["rows"]![0]!, rollup["totals"]! })
            (part["orders"]!.GetValue<int>(), part["newCustomers"]!.GetValue<int>(), part["unknownCustomers"]!.GetValue<int>()).ShouldBe((2, 1, 1));
        var csv = (await host.GetTextAsync($"/v1/rollups/daily?{Days}&format=csv")).Split("\r\n");
        csv[1].Split(',')[Array.IndexOf(csv[0].Split(','), "unknownCustomers")].ShouldBe("1");

        var known = (await host.GetAsync("/v1/quality"))["data"]!["newCustomers"]!;
        known.ToJsonString().ShouldBe("""{"knownSince":"2026-11-20","isDeclared":false,"unknown":{"count":1,"days":[{"day":"2026-11-20","count":1}]}}""");
        (await host.GetPageAsync("/quality")).ShouldContain("New customers are known by their orders since");
        var page = await host.GetPageAsync("/orders/1");
        page.ShouldContain("It is unknown whether the customer is new. Orders are known since 20 November 2026.");
        page.ShouldContain("mia-new");
        (await host.GetPageAsync("/catalog/agreements/item?id=mia-new")).ShouldContain("New customers are known by their orders since");

        await host.PutCatalogAsync(
            ("/v1/brands/default", """{"name":"Glow","historyCompleteSince":"2026-11-21"}"""),
            ("/v1/agreements/mia-new", """{"campaignId":"spring","creatorId":"mia","commission":{"kind":"percent_of_net","rate":"10"},"newCustomersOnly":true,"unknownCustomers":"pay"}"""));
        await host.ReevaluateAsync();
        (await DescribeAsync("1")).ShouldBe("false unknown  10.00");
        (await DescribeAsync("2")).ShouldBe("false unknown  10.00");
        (await host.GetAsync("/v1/quality"))["data"]!["newCustomers"]!["isDeclared"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task Earlier_order_that_arrives_late_is_a_restatement_with_its_reason()
    {
        await host.ProcessAsync(Order("2", "2026-11-20T10:00:00Z", "ann"));
        await host.AdvanceToAsync("2026-11-24T12:00:00Z");
        await host.ProcessAsync(Order("1", "2026-11-19T10:00:00Z", "ann"));

        (await DescribeAsync("1")).ShouldBe("true new history 10.00");
        (await DescribeAsync("2")).ShouldBe("false returning history returning_customer");
        var restated = (await host.GetAsync("/v1/restatements?from=2026-11-19&to=2026-11-25"))["items"]!.AsArray();
        restated.Select(line => string.Join(' ', new[] { "conversionId", "amount", "commission", "reason", "causedBy" }.Select(name => line![name]!.ToString())))
            .ShouldBe(["1 100.00 10.00 conversion shop/e-1", "2 0.00 -10.00 first_order shop/e-1"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("never")]
    [InlineData("Pay")]
    [InlineData("")]
    public async Task Other_terms_for_unknown_customers_are_refused(string terms)
    {
        var (status, body) = await host.TryPutAsync(
            "/v1/agreements/mia-new", $$"""{"campaignId":"spring","creatorId":"mia","commission":{"kind":"percent_of_net","rate":"10"},"newCustomersOnly":true,"unknownCustomers":"{{terms}}"}""");
        (status, body!["errors"]![0]!["pointer"]!.GetValue<string>()).ShouldBe((400, "/unknownCustomers"));
    }

    private Task DeliverAsync(string vendor, string topic, JsonObject order) => host.ProcessAsync(
        [.. MappedShopOrder.From(vendor, topic, order.ToJsonString()).Mapped.Select(mapped => Encoding.UTF8.GetString(mapped.ToJson()))]);

    private static JsonObject StripeSession(string id, string customer, long created) => PublishedPayloads.StripeSession(new JsonObject
    {
        ["id"] = id, ["customer"] = customer, ["created"] = created, ["payment_intent"] = "pi_" + id,
        ["discounts"] = new JsonArray(new JsonObject { ["promotion_code"] = "promo_1Mia" }),
    }).With(new JsonObject { ["id"] = "evt_" + id });

    private static string Order(string id, string at, string? customer) =>
        $$"""{"type":"redemption","id":"e-{{id}}","occurredAt":"{{at}}","orderId":"{{id}}","codes":["MIA10"],"currency":"USD","gross":"100.00"{{(customer is null ? "" : $",\"customerKey\":\"{customer}\"")}}}""";

    /// <summary>Returns newCustomer, the status, its basis, and the commission or the reason why there is none.</summary>
    private async Task<string> DescribeAsync(string order)
    {
        var answer = await host.GetAsync("/v1/conversions/" + order);
        var pay = answer["commissions"]!.AsArray().Select(line => line!["amount"]).Concat(answer["withheld"]!.AsArray().Select(line => line!["reason"])).Single();
        return $"{answer["newCustomer"]} {answer["customer"]!["status"]} {answer["customer"]!["knownBy"]} {pay}";
    }
}
