using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Host.Ingest.Webhooks;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Ingest.Webhooks;

/// <summary>Members that state who bought and by which codes: an unusable one is left out and never refuses the order.</summary>
public sealed class ShopEvidenceTests
{
    private static readonly string LongCode = new('A', 65);

    public static TheoryData<string, string, string, int> Codes => new()
    {
        { "shopify", """[{"code":"","amount":"5.00"}]""", "", 1 },
        { "shopify", """[{"code":"  "},{"code":"MIA10"}]""", "MIA10", 1 },
        { "shopify", """[{"code":null}]""", "", 0 },
        { "shopify", $$"""[{"code":"{{LongCode}}"},{"code":"MIA10"}]""", "MIA10", 1 },
        { "shopify", """[{"code":true},{"code":["x"]},{"code":{"a":1}},"MIA10",{"code":"MIA10"}]""", "MIA10", 4 },
        { "shopify", """{"0":{"code":"MIA10"},"2":{"code":"ZOE10"}}""", "MIA10,ZOE10", 0 },
        { "shopify", "\"MIA10\"", "", 1 },
        { "shopify", """[{"code":"MIA10"},{"code":"mia10 "}]""", "MIA10", 0 },
        { "shopify", """[{"code":"\ud800"},{"code":"MIA10"}]""", "MIA10", 1 },
        { "woocommerce", """[{"code":"mia&amp;co"},{"code":"a&#039;b"},{"code":"R&D"}]""", "mia&co,a'b,R&D", 0 },
        { "woocommerce", """{"1":{"id":3,"code":"mia10"}}""", "mia10", 0 },
        { "woocommerce", "{}", "", 0 },
        { "woocommerce", """{"a":{"code":"mia10"}}""", "", 1 },
    };

    [Theory]
    [MemberData(nameof(Codes))]
    public void Unusable_codes_are_left_out(string vendor, string codes, string expected, int leftOut)
    {
        var mapped = Map(vendor, vendor == "shopify" ? "discount_codes" : "coupon_lines", codes);
        string.Join(',', mapped.Codes).ShouldBe(expected);
        mapped.Net.ShouldBe(100m);
        mapped.Mapped[0].LeftOut.Count.ShouldBe(leftOut);
    }

    [Theory]
    [InlineData("shopify", "discount_codes")]
    [InlineData("woocommerce", "coupon_lines")]
    public void Codes_beyond_the_limit_are_left_out(string vendor, string list)
    {
        var mapped = Map(vendor, list, new JsonArray([.. Enumerable.Range(1, 22).Select(i => new JsonObject { ["code"] = $"c{i}" })]).ToJsonString());
        mapped.Codes.Count.ShouldBe(20);
        mapped.Mapped[0].LeftOut.Select(fault => fault.Pointer).ShouldBe([$"/{list}/20/code", $"/{list}/21/code"]);
    }

    [Theory]
    [InlineData("woocommerce", "meta_data", """{"1":{"id":3,"key":"atr_vid","value":"v1"}}""", "visitorId", "v1", 0)]
    [InlineData("woocommerce", "meta_data", """[{"key":"atr_vid","value":false}]""", "visitorId", null, 1)]
    [InlineData("woocommerce", "meta_data", """[{"key":"atr_vid","value":["x"]},{"key":"atr_vid","value":"v2"}]""", "visitorId", "v2", 1)]
    [InlineData("woocommerce", "meta_data", """[{"key":"_wc_order_attribution_session_entry","value":["x"]}]""", "clickId", null, 1)]
    [InlineData("woocommerce", "meta_data", """[{"key":["atr_vid"],"value":"x"},null,3,{"key":"atr_cid","value":"k1"}]""", "clickId", "k1", 0)]
    [InlineData("woocommerce", "meta_data", "\"none\"", "clickId", null, 1)]
    [InlineData("woocommerce", "created_via", "[1]", "clickId", null, 1)]
    [InlineData("woocommerce", "customer_id", "{\"id\":1}", "customerKey", null, 1)]
    [InlineData("woocommerce", "customer_id", "\"ann@mail.example.com\"", "customerKey", null, 1)]
    [InlineData("woocommerce", "customer_id", "31", "customerKey", "shop:31", 0)]
    [InlineData("shopify", "note_attributes", """{"0":{"name":"atr_vid","value":"v1"}}""", "visitorId", "v1", 0)]
    [InlineData("shopify", "note_attributes", """[{"name":"atr_vid","value":{"a":1}}]""", "visitorId", null, 1)]
    [InlineData("shopify", "note_attributes", """[{"name":"gift","value":{"a":1}}]""", "visitorId", null, 0)]
    [InlineData("shopify", "customer", "\"guest\"", "customerKey", null, 1)]
    [InlineData("shopify", "customer", """{"id":[7]}""", "customerKey", null, 1)]
    [InlineData("shopify", "source_name", "{}", "customerKey", null, 1)]
    [InlineData("shopify", "landing_site", "[]", "clickId", null, 1)]
    [InlineData("shopify", "total_shipping_price_set", "\"5\"", "clickId", null, 1)]
    public void Unusable_evidence_never_refuses_the_order(string vendor, string member, string value, string read, string? expected, int leftOut)
    {
        var mapped = Map(vendor, member, value);
        ((string?)mapped.Order![read]).ShouldBe(expected);
        mapped.Net.ShouldBe(100m);
        mapped.Mapped[0].LeftOut.Count.ShouldBe(leftOut, string.Join(' ', mapped.Mapped[0].LeftOut));
    }

    [Fact]
    public void Overlong_id_is_left_out_with_its_place()
    {
        var mapped = Map("woocommerce", "meta_data", new JsonArray(new JsonObject { ["key"] = "atr_vid", ["value"] = new string('v', 129) }).ToJsonString());
        mapped.Order!["visitorId"].ShouldBeNull();
        mapped.Mapped[0].LeftOut.ShouldHaveSingleItem().Pointer.ShouldBe("/meta_data/0/value");
    }

    [Fact]
    public void Refunds_of_a_list_with_gaps_are_read() =>
        Map("woocommerce", "refunds", """{"1":{"id":7,"total":"-40.00"}}""").Refunds.ShouldBe(40m);

    [Theory]
    [InlineData("rest_no_route", "deliver webhooks in the background")]
    [InlineData("woocommerce_rest_shop_order_invalid_id", "unless it was deleted")]
    public void Error_of_WooCommerce_is_repeated_with_a_remedy(string code, string remedy)
    {
        var payload = SampleOrders.Parse($$"""{"data":{"status":404},"code":"{{code}}","message":"No route was found."}""");
        var fault = Should.Throw<UnmappableDeliveryException>(() => MappedShopOrder.From("woocommerce", "order.updated", payload)).Fault;
        (fault.Reason, fault.Pointer).ShouldBe((RejectionReason.MemberMissing, "/id"));
        foreach (var part in (string[])[code, "No route was found.", remedy]) fault.Detail.ShouldContain(part);
    }

    [Fact]
    public async Task Left_out_members_are_counted_and_listed_but_never_open()
    {
        await using var host = await PipelineHost.StartAsync("2026-03-10T00:00:00Z");
        (await host.GetAsync("/v1/quality"))["data"]!["evidenceLeftOut"].ShouldBeNull();
        RefusedEvent Note(string order) => new() { Reason = RejectionReason.LeftOut, Pointer = "/discount_codes/0/code", Detail = "It is empty.", EventId = order, Payload = "{}"u8.ToArray() };
        await host.Attributor.AttributeAsync(
            [new EventPack { PackId = Guid.CreateVersion7(), Schema = EventPack.CurrentSchema, Source = "shop", BrandId = "default", ReceivedAt = PipelineHost.ParseTime("2026-03-09T10:00:00Z"), Events = [], Refused = [Note("shop:1"), Note("shop:1"), Note("shop:2")] }],
            PipelineHost.Token);

        (await host.GetAsync("/v1/quality"))["data"]!["evidenceLeftOut"]!.ToJsonString().ShouldBe("""{"count":2,"days":[{"day":"2026-03-09","count":2}]}""");
        (await host.GetAsync("/v1/rejections"))["items"]!.AsArray().ShouldBeEmpty();
        (await host.GetAsync("/v1/rejections?status=resolved&reason=left_out"))["items"]!.AsArray().Count.ShouldBe(3);
    }

    private static MappedShopOrder Map(string vendor, string member, string value)
    {
        var order = vendor == "shopify" ? SampleOrders.Shopify() : SampleOrders.WooCommerce();
        // Kept as text: half of a surrogate pair is no JsonNode.
        var json = order.With(new JsonObject { [member] = "@" }).ToJsonString().Replace("\"@\"", value, StringComparison.Ordinal);
        return MappedShopOrder.From(vendor, vendor == "shopify" ? "orders/updated" : "order.updated", json);
    }
}
