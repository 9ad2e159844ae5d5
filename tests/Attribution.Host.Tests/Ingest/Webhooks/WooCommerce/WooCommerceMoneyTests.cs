namespace Attribution.Host.Tests.Ingest.Webhooks.WooCommerce;

/// <summary>Goods in WooCommerce's orders and refunds: fees, lowered totals, dearer lines, tax of refunds.</summary>
public sealed class WooCommerceMoneyTests
{
    [Theory]
    [InlineData("""{"total":"80.00","fee_lines":[{"id":5,"name":"Loyalty discount","total":"-20.00"}]}""", "100.00", "20.00")]
    [InlineData("""{"total":"90.00","fee_lines":[{"total":"10.00"},{"total":"-20.00"}]}""", "100.00", "20.00")]
    // Points pay at most the goods.
    [InlineData("""{"total":"0.00","shipping_total":"10.00","fee_lines":[{"total":"-110.00"}]}""", "100.00", "100.00")]
    [InlineData("""{"total":"110.00","fee_lines":[{"name":"Gift wrap","total":"10.00"}]}""", "100.00", "0.00")]
    // A gift card is a means of payment.
    [InlineData("""{"total":"40.00"}""", "100.00", "0.00")]
    [InlineData("""{"total":"120.00","line_items":[{"quantity":1,"subtotal":"100.00","total":"120.00"}]}""", "120.00", "0.00")]
    [InlineData("""{"total":"110.00","line_items":[{"subtotal":"100.00","total":"90.00"},{"subtotal":"10.00","total":"20.00"}]}""", "120.00", "10.00")]
    // A discount as a line of its own.
    [InlineData("""{"total":"85.00","line_items":[{"subtotal":"100.00","total":"100.00"},{"subtotal":"-15.00","total":"-15.00"}]}""", "100.00", "15.00")]
    public void Orders_map_to_amounts(string order, string gross, string discount)
    {
        var mapped = MappedShopOrder.From("woocommerce", "order.updated", SampleOrders.WooCommerce(order));
        (mapped.Gross, mapped.Discount).ShouldBe((Number(gross), Number(discount)));
    }

    [Theory]
    // Only sums are known: goods have their share.
    [InlineData("""{"total":"40.00","refunds":[{"id":1,"total":"-20.00"}]}""", "20.00")]
    [InlineData("""{"total":"80.00","fee_lines":[{"total":"-20.00"}],"refunds":[{"id":1,"total":"-40.00"}]}""", "40.00")]
    [InlineData("""{"total":"130.00","shipping_total":"10.00","total_tax":"20.00","refunds":[{"id":1,"total":"-65.00"}]}""", "50.00")]
    [InlineData("""{"total":"100.00","refunds":[{"id":1,"total":"-250.00"}]}""", "100.00")]
    // The rest of a full refund went to the gift card.
    [InlineData("""{"status":"refunded","total":"40.00","refunds":[{"id":1,"total":"-40.00"}]}""", "100.00")]
    // A gift card paid a part of an order with tax.
    [InlineData("""{"total":"69.00","total_tax":"19.00","refunds":[{"id":1,"total":"-59.50"}]}""", "50.00")]
    // Thirds of 100.00 add up to it.
    [InlineData("""{"total":"119.00","total_tax":"19.00","refunds":[{"id":3,"total":"-39.67"},{"id":2,"total":"-39.67"},{"id":1,"total":"-39.66"}]}""", "100.00")]
    // A piece of 20.00 or the shipping: not decidable.
    [InlineData("""{"total":"120.00","shipping_total":"20.00","line_items":[{"quantity":5,"subtotal":"100.00","total":"100.00"}],"refunds":[{"id":1,"total":"-20.00"}]}""", "16.67")]
    public void Refunds_without_lines_share_the_goods(string order, string refunded) => Refunded(order).ShouldBe(Number(refunded));

    [Theory]
    // 19 % tax, shipping 5.00, gift wrap 10.00, two pieces of 17.99.
    [InlineData("-17.10", "-17.10", "0.00")]
    [InlineData("-21.41", "-3.42", "17.99")]
    [InlineData("-5.95", "-0.95", "0.00")]
    [InlineData("-11.90", "-1.90", "0.00")]
    [InlineData("-17.85", "-2.85", "0.00")]
    [InlineData("-27.36", "-4.37", "17.99")]
    [InlineData("-33.31", "-5.32", "17.99")]
    [InlineData("-60.67", "-9.69", "35.98")]
    [InlineData("-10.00", "-1.60", "8.40")]
    public void Refund_with_tax_returns_what_was_entered(string total, string tax, string refunded) => Refunded(
        $$"""
        {"total":"60.67","total_tax":"9.69","shipping_total":"5.00","fee_lines":[{"name":"Gift wrap","total":"10.00"}],
         "line_items":[{"quantity":2,"subtotal":"35.98","total":"35.98"}],"refunds":[{"id":1,"total":"{{total}}","total_tax":"{{tax}}"}]}
        """).ShouldBe(Number(refunded));

    [Theory]
    // Shipping, gift wrap, tax; with their tax; several.
    [InlineData("""{"total":"120.00","shipping_total":"20.00","refunds":[{"id":1,"total":"-20.00"}]}""", "0.00")]
    [InlineData("""{"total":"110.00","fee_lines":[{"total":"10.00"}],"refunds":[{"id":1,"total":"-10.00"}]}""", "0.00")]
    [InlineData("""{"total":"119.00","total_tax":"19.00","refunds":[{"id":1,"total":"-19.00"}]}""", "0.00")]
    [InlineData("""{"total":"142.80","total_tax":"22.80","shipping_total":"20.00","shipping_tax":"3.80","refunds":[{"id":1,"total":"-23.80"}]}""", "0.00")]
    [InlineData("""{"total":"130.00","shipping_total":"20.00","fee_lines":[{"total":"10.00"}],"refunds":[{"id":1,"total":"-30.00"}]}""", "0.00")]
    // Shipping is returned once; the rest is goods.
    [InlineData("""{"total":"120.00","shipping_total":"20.00","refunds":[{"id":1,"total":"-20.00"},{"id":2,"total":"-20.00"}]}""", "20.00")]
    [InlineData("""{"total":"119.00","total_tax":"19.00","refunds":[{"id":1,"total":"-19.00"},{"id":2,"total":"-100.00"}]}""", "100.00")]
    [InlineData("""{"total":"119.00","total_tax":"19.00","refunds":[{"id":1,"total":"-59.50"},{"id":2,"total":"-19.00"},{"id":3,"total":"-40.50"}]}""", "100.00")]
    public void Sum_of_shipping_fees_or_tax_alone_returns_no_goods(string order, string refunded) => Refunded(order).ShouldBe(Number(refunded));

    [Fact]
    public void Sum_alone_of_a_taxed_order_is_shared() => Refunded(
        """{"total":"119.00","total_tax":"19.00","refunds":[{"id":1,"total":"-59.50","total_tax":"0.00"}]}""").ShouldBe(50m);

    private static decimal Refunded(string order) =>
        MappedShopOrder.From("woocommerce", "order.updated", SampleOrders.WooCommerce(order)).Refunds;

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
