using System.Text.Json.Nodes;
using Attribution.Contracts;

namespace Attribution.Host.Tests.Ingest.Webhooks.Shopify;

/// <summary>Goods in Shopify's orders and refunds: tips, gift cards, discrepancies, tax inside prices.</summary>
public sealed class ShopifyMoneyTests
{
    private const string Line = """{"id":1,"price":"100.00","quantity":1,"gift_card":false,"tax_lines":[],"discount_allocations":[]}""";
    private const string TaxedLine = """{"id":1,"price":"120.00","quantity":1,"tax_lines":[{"price":"20.00","rate":0.2}],"discount_allocations":[]}""";

    [Theory]
    [InlineData("""{"id":2,"title":"Tip","price":"15.00","quantity":1,"gift_card":false,"tip_payment_gateway":"shopify_payments","tip_payment_method":"Visa"}""")]
    [InlineData("""{"id":2,"title":"Trinkgeld","price":"15.00","quantity":1,"gift_card":false,"tip_payment_gateway":null}""")]
    [InlineData("""{"id":2,"price":"15.00","quantity":1,"gift_card":true}""")]
    public void Tips_and_gift_cards_are_no_goods(string line)
    {
        var order = SampleOrders.Shopify($$"""{"line_items":[{{Line}},{{line}}]}""");
        Map(order).Gross.ShouldBe(100m);
        order["refunds"] = JsonNode.Parse(
            $$"""[{"id":9,"created_at":"2026-11-21T10:00:00Z","refund_line_items":[{"line_item_id":2,"subtotal":15.0,"total_tax":0,"line_item":{{line}}},{"line_item_id":1,"subtotal":40.0,"total_tax":0}]}]""");
        Map(order).Refunds.ShouldBe(40m);
        order["refunds"]![0]!["refund_line_items"]![0]!.AsObject().Remove("line_item");
        Map(order).Refunds.ShouldBe(40m, "the order's line tells it too");
    }

    [Theory]
    [InlineData("""[{"kind":"refund","status":"failure","currency":"USD"}]""", "0.00")]
    [InlineData("""[{"kind":"refund","status":"error","currency":"USD"},{"kind":"void","status":"success","currency":"USD"}]""", "0.00")]
    [InlineData("""[{"kind":"refund","status":"failure","currency":"USD"},{"kind":"refund","status":"success","currency":"USD"}]""", "30.00")]
    [InlineData("""[{"kind":"refund","status":"pending","currency":"USD"}]""", "30.00")]
    [InlineData("""[{"status":"success","currency":"USD"}]""", "30.00")]
    [InlineData("[]", "30.00")]
    public void Refund_whose_payments_all_failed_returns_nothing(string transactions, string refunded)
    {
        var refund = SampleOrders.Parse($$"""{"id":1,"created_at":"2026-11-21T10:00:00Z","refund_line_items":[{"line_item_id":1,"subtotal":"30.00","total_tax":"0.00"}],"transactions":{{transactions}}}""");
        Map(SampleOrders.Shopify().With(new JsonObject { ["refunds"] = new JsonArray(refund) })).Refunds
            .ShouldBe(decimal.Parse(refunded, CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Order_of_tips_alone_is_not_counted() =>
        MappedShopOrder.FaultOf("shopify", "orders/paid", SampleOrders.Shopify("""{"line_items":[{"price":"5.00","quantity":1,"tip_payment_gateway":null}]}"""))
            .ShouldBe(RejectionReason.NotCounted);

    [Theory]
    // Money beyond the lines is given, money kept back is not; with and without the kind that later versions leave out.
    [InlineData("""{"amount":"-30.00","reason":"Refund discrepancy"}""", "0.00", "30.00")]
    [InlineData("""{"amount":"-30.00","reason":null}""", "0.00", "30.00")]
    [InlineData("""{"amount":"-30.00","kind":"refund_discrepancy","reason":"Refund discrepancy"}""", "0.00", "30.00")]
    [InlineData("""{"amount":"-30.00","kind":null,"reason":"Customer"}""", "0.00", "30.00")]
    [InlineData("""{"amount":"100.00","reason":"Restock"}""", "100.00", "0.00")]
    [InlineData("""{"amount":"25.00","reason":"Damage"}""", "100.00", "75.00")]
    [InlineData("""{"amount":"100.00","reason":"Pending refund discrepancy"}""", "100.00", "0.00")]
    // Refunded shipping stays out in every version.
    [InlineData("""{"amount":"-7.00","kind":"shipping_refund","reason":"Shipping refund"}""", "100.00", "100.00")]
    [InlineData("""{"amount":"-7.00","kind":"shipping_refund"}""", "0.00", "0.00")]
    [InlineData("""{"amount":"-7.00","reason":"Shipping refund"}""", "100.00", "100.00")]
    public void Discrepancies_correct_a_refund(string adjustment, string subtotal, string refunded)
    {
        var refund = SampleOrders.Parse($$"""{"id":1,"created_at":"2026-11-21T10:00:00Z","refund_line_items":[{"line_item_id":1,"subtotal":"{{subtotal}}","total_tax":"0.00"}],"order_adjustments":[{{adjustment}}],"transactions":[{"currency":"USD"}]}""");
        var expected = decimal.Parse(refunded, CultureInfo.InvariantCulture);
        Map(SampleOrders.Shopify().With(new JsonObject { ["refunds"] = new JsonArray(refund.DeepClone()) })).Refunds.ShouldBe(expected);

        refund["order_id"] = 1001;
        if (expected == 0)
            MappedShopOrder.FaultOf("shopify", "refunds/create", refund).ShouldBe(RejectionReason.NotCounted);
        else
            ((string?)MappedShopOrder.From("shopify", "refunds/create", refund).Events.Single()["amount"]).ShouldBe(refunded);
    }

    [Theory]
    // 12.00 of 120.00 kept back: 10.00 of it are goods.
    [InlineData("""[{"subtotal":120.0,"total_tax":20.0}]""", """[{"amount":"12.00","reason":"Restock"}]""", "90.00")]
    [InlineData("""[{"subtotal":120.0,"total_tax":20.0}]""", """[{"amount":"12.00","kind":"refund_discrepancy"}]""", "90.00")]
    [InlineData("[]", """[{"amount":"-30.00","tax_amount":"0.00"}]""", "25.00")]
    [InlineData("[]", """[{"amount":"-25.00","tax_amount":"-5.00"}]""", "25.00")]
    [InlineData("""[{"subtotal":60.0,"total_tax":10.0}]""", """[{"amount":"60.00"}]""", "0.00")]
    public void Discrepancy_of_prices_with_tax_excludes_the_tax(string lines, string adjustments, string refunded) =>
        Map(SampleOrders.Shopify($$"""{"taxes_included":true,"line_items":[{{TaxedLine}}],"refunds":[{"id":1,"created_at":"2026-11-21T10:00:00Z","refund_line_items":{{lines}},"order_adjustments":{{adjustments}}}]}"""))
            .Refunds.ShouldBe(decimal.Parse(refunded, CultureInfo.InvariantCulture));

    [Fact]
    public void Free_line_with_a_cent_of_tax_keeps_the_order()
    {
        var order = Map(SampleOrders.Shopify("""{"taxes_included":true,"line_items":[{"price":"50.00","quantity":1,"discount_allocations":[{"amount":"50.00"}],"tax_lines":[{"price":"0.01"}]}]}"""));
        (order.Gross, order.Discount, order.Net).ShouldBe((49.99m, 49.99m, 0m));
    }

    private static MappedShopOrder Map(JsonObject order) => MappedShopOrder.From("shopify", "orders/updated", order);
}
