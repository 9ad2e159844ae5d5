using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Host.Ingest.Webhooks;

namespace Attribution.Host.Tests.Ingest.Webhooks;

/// <summary>Lines of shops' orders and refunds: product, goods and discount without tax. They never refuse an order.</summary>
public sealed class ShopLinesTests
{
    private const string LongSku =
        "ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ"
        + "ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ";

    [Theory]
    [InlineData("{}", """{"sku":"TEE","product_id":7,"price":"50.00","quantity":2,"tax_lines":[{"price":"19.00"}]}""", "1 TEE 2 100.00 0.00", 0)]
    [InlineData("{}", """{"sku":"TEE","price":"100.00","quantity":1,"discount_allocations":[{"amount":"10.00"},{"amount":"2.50"}]}""", "1 TEE 1 100.00 12.50", 0)]
    [InlineData("""{"taxes_included":true}""", """{"sku":"TEE","price":"119.00","quantity":1,"tax_lines":[{"price":"17.10"}],"discount_allocations":[{"amount":"11.90"}]}""", "1 TEE 1 101.90 11.90", 0)]
    // A free line, with a cent of tax, and a line without a product.
    [InlineData("{}", """{"sku":"PEN","price":"20.00","quantity":1,"discount_allocations":[{"amount":"20.00"}]}""", "1 PEN 1 20.00 20.00", 0)]
    [InlineData("""{"taxes_included":true}""", """{"sku":"PEN","price":"20.00","quantity":1,"tax_lines":[{"price":"0.01"}],"discount_allocations":[{"amount":"20.00"}]}""", "1 PEN 1 19.99 19.99", 0)]
    [InlineData("""{"taxes_included":true}""", """{"sku":"PEN","price":"0.00","quantity":1,"tax_lines":[{"price":"0.01"}]}""", "1 PEN 1 0.00 0.00", 0)]
    [InlineData("{}", """{"sku":"","product_id":null,"price":"5.00","quantity":1}""", "1  1 5.00 0.00", 0)]
    [InlineData("{}", """{"product_id":7,"price":"5.00","quantity":1}""", "1 7 1 5.00 0.00", 0)]
    [InlineData("{}", $$"""{"sku":"{{LongSku}}","product_id":7,"price":"5.00","quantity":1}""", "1 7 1 5.00 0.00", 1)]
    [InlineData("{}", """{"sku":["TEE"],"product_id":{},"price":"5.00","quantity":1}""", "1  1 5.00 0.00", 2)]
    [InlineData("""{"currency":"JPY"}""", """{"sku":"TEE","price":"1000.00","quantity":1}""", "1 TEE 1 1000 0", 0)]
    public void Lines_of_Shopify_have_product_goods_and_discount(string order, string line, string expected, int leftOut)
    {
        var sent = SampleOrders.Shopify(order).With(new JsonObject
        {
            ["line_items"] = new JsonArray(
                new JsonObject { ["id"] = 1 }.With(SampleOrders.Parse(line)),
                SampleOrders.Parse("""{"id":2,"sku":"CARD","price":"50.00","quantity":1,"gift_card":true}"""),
                SampleOrders.Parse("""{"id":3,"sku":"TIP","price":"5.00","quantity":1,"tip_payment_gateway":null}""")),
        });

        Check(MappedShopOrder.From("shopify", "orders/updated", sent), expected, leftOut);
    }

    [Theory]
    [InlineData("{}", """{"sku":"TEE","product_id":7,"quantity":2,"subtotal":"100.00","total":"90.00","total_tax":"17.10"}""", "1 TEE 2 100.00 10.00", 0)]
    [InlineData("{}", """{"sku":"","product_id":7,"quantity":1,"subtotal":"100.00","total":"120.00"}""", "1 7 1 120.00 0.00", 0)]
    [InlineData("{}", """{"sku":"PEN","quantity":1,"subtotal":"20.00","total":"0.00"}""", "1 PEN 1 20.00 20.00", 0)]
    [InlineData("{}", """{"sku":"PEN","quantity":1,"subtotal":"0.00","total":"0.00"}""", "1 PEN 1 0.00 0.00", 0)]
    // No product, a discount as a line, parts of a piece, nonsense.
    [InlineData("{}", """{"product_id":0,"quantity":1,"subtotal":"5.00","total":"5.00"}""", "1  1 5.00 0.00", 0)]
    [InlineData("{}", """{"product_id":0,"quantity":1,"subtotal":"-5.00","total":"-5.00"}""", "1  1 0.00 0.00", 0)]
    [InlineData("{}", """{"sku":"OIL","quantity":0.33333,"subtotal":"5.00","total":"5.00"}""", "1 OIL 0.333 5.00 0.00", 0)]
    [InlineData("{}", """{"sku":"OIL","quantity":-1,"subtotal":"5.00","total":"5.00"}""", "1 OIL  5.00 0.00", 0)]
    [InlineData("{}", """{"sku":{"a":1},"product_id":7,"quantity":{"a":1},"subtotal":"5.00","total":"5.00"}""", "1 7  5.00 0.00", 2)]
    // Negative fees are shared by all lines.
    [InlineData("""{"fee_lines":[{"total":"-20.00"}]}""", """{"sku":"TEE","quantity":1,"subtotal":"100.00","total":"90.00"}""", "1 TEE 1 100.00 10.00", 0)]
    public void Lines_of_WooCommerce_have_product_goods_and_discount(string order, string line, string expected, int leftOut)
    {
        var sent = SampleOrders.WooCommerce(order);
        sent["line_items"] = new JsonArray(new JsonObject { ["id"] = 1 }.With(SampleOrders.Parse(line)));

        Check(MappedShopOrder.From("woocommerce", "order.updated", sent), expected, leftOut);
    }

    [Theory]
    [InlineData("false", """{"line_item_id":1,"subtotal":40.0,"total_tax":7.6,"line_item":{"sku":"TEE"}}""", "[]", "1 TEE 40.00")]
    [InlineData("true", """{"line_item_id":1,"subtotal":47.6,"total_tax":7.6,"line_item":{"product_id":7,"tax_lines":[{"rate":0.19}]}}""", "[]", "1 7 40.00")]
    [InlineData("false", """{"line_item_id":1,"subtotal":40.0,"total_tax":0}""", "[]", "1  40.00")]
    // Kept back, and given beyond the line.
    [InlineData("false", """{"line_item_id":1,"subtotal":40.0,"total_tax":0}""", """[{"amount":"10.00","reason":"Restock"}]""", "1  30.00")]
    [InlineData("false", """{"line_item_id":1,"subtotal":40.0,"total_tax":0}""", """[{"amount":"-5.00"}]""", "1  40.00")]
    public void Refund_of_Shopify_names_the_returned_lines(string taxInside, string line, string adjustments, string expected)
    {
        var refund = SampleOrders.Parse(
            $$"""{"id":9,"created_at":"2026-11-21T10:00:00Z","transactions":[{"currency":"USD"}],"refund_line_items":[{{line}}],"order_adjustments":{{adjustments}}}""");
        var order = SampleOrders.Shopify($$"""{"taxes_included":{{taxInside}}}""").With(new JsonObject { ["refunds"] = new JsonArray(refund.DeepClone()) });

        foreach (var mapped in new[]
        {
            MappedShopOrder.From("shopify", "orders/updated", order),
            MappedShopOrder.From("shopify", "refunds/create", refund.With(new JsonObject { ["order_id"] = 1001 })),
        })
        {
            mapped.RefundLines.ShouldBe([expected]);
            mapped.UnusedLines.ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("""[{"product_id":7,"total":"-30.00","meta_data":[{"key":"_refunded_item_id","value":"1"}]}]""", "1 7 30.00", 0)]
    [InlineData("""[{"sku":"TEE","total":"-60.00"},{"product_id":0,"total":"-5.00"}]""", " TEE 30.00", 0)]
    [InlineData("""[{"product_id":7,"total":"-20.00","meta_data":[{"key":"_refunded_item_id","value":["x"]}]}]""", " 7 20.00", 1)]
    [InlineData("\"none\"", null, 1)]
    [InlineData("[]", null, 0)]
    public void Refund_of_WooCommerce_names_its_lines_if_it_has_any(string lines, string? expected, int leftOut)
    {
        var mapped = MappedShopOrder.From(
            "woocommerce", "order.updated", SampleOrders.WooCommerce($$"""{"refunds":[{"id":9,"total":"-30.00","line_items":{{lines}}}]}"""));

        mapped.Refunds.ShouldBe(30m);
        mapped.RefundLines.ShouldBe(expected is null ? (string[])[] : [expected]);
        mapped.UnusedLines.ShouldBeEmpty();
        mapped.Mapped[0].LeftOut.Count.ShouldBe(leftOut);
    }

    [Theory]
    [InlineData(200, "T", false)]
    [InlineData(201, "T", true)]
    [InlineData(200, "\u00e4\u00e4\u00e4\u00e4\u00e4", true)]
    public void Lines_that_no_event_can_hold_are_left_out_as_a_whole(int count, string sku, bool isLeftOut)
    {
        var longest = string.Concat(Enumerable.Repeat(sku, 20));
        var lines = Enumerable.Range(1, count).Select(id => new JsonObject { ["id"] = id, ["sku"] = longest, ["price"] = "1.00", ["quantity"] = 1 });
        var returned = Enumerable.Range(1, count).Select(id => new JsonObject
        {
            ["line_item_id"] = id, ["subtotal"] = "1.00", ["line_item"] = new JsonObject { ["sku"] = longest },
        });
        var mapped = MappedShopOrder.From("shopify", "orders/updated", SampleOrders.Shopify().With(new JsonObject
        {
            ["line_items"] = new JsonArray([.. lines]),
            ["refunds"] = new JsonArray(new JsonObject { ["id"] = 9, ["created_at"] = "2026-11-21T10:00:00Z", ["refund_line_items"] = new JsonArray([.. returned]) }),
        }));

        (mapped.Gross, mapped.Refunds).ShouldBe(((decimal)count, (decimal)count));
        (mapped.Lines.Count, mapped.RefundLines.Count).ShouldBe(isLeftOut ? (0, 0) : (count, count));
        mapped.Mapped.SelectMany(one => one.LeftOut).Select(fault => (fault.Reason, fault.Pointer))
            .ShouldBe(Enumerable.Repeat((RejectionReason.TooLong, "/lines"), isLeftOut ? 2 : 0));
        mapped.Mapped.ShouldAllBe(one => one.ToJson().Length <= EventLimits.Bytes);
        mapped.UnusedLines.ShouldBeEmpty();
    }

    [Fact]
    public void Stored_lines_have_products_and_nothing_personal()
    {
        var sent = SampleOrders.Parse(
            """
            {"line_items":[{"id":1,"sku":"TEE","product_id":7,"name":"Mug for Jane","title":"Jane","variant_title":"Jane","vendor":"Jane",
              "properties":[{"name":"Engraving","value":"Jane"}],"meta_data":[{"key":"_refunded_item_id","value":"3","display_value":"Jane"},{"key":"Engraving","value":"Jane"}]}]}
            """);

        JsonNode.Parse(PayloadRedactor.Redact("shop", "", sent.Bytes()))!["payload"]!.ToJsonString()
            .ShouldBe("""{"line_items":[{"id":1,"sku":"TEE","product_id":7,"meta_data":[{"key":"_refunded_item_id","value":"3"},{}]}]}""");
    }

    private static void Check(MappedShopOrder mapped, string expected, int leftOut)
    {
        mapped.Lines.ShouldBe([expected]);
        mapped.UnusedLines.ShouldBeEmpty();
        mapped.Mapped[0].LeftOut.Count.ShouldBe(leftOut, string.Join(' ', mapped.Mapped[0].LeftOut));
    }
}
