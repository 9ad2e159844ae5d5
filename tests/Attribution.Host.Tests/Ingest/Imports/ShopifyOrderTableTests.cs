using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Host.Ingest;
using Attribution.Host.Ingest.Imports;
using Attribution.Host.Tests.Ingest.Webhooks;
using static Attribution.Host.Tests.Ingest.Imports.ShopifyExport;

namespace Attribution.Host.Tests.Ingest.Imports;

/// <summary>Rows of Shopify's export, and the orders that they become.</summary>
public sealed class ShopifyOrderTableTests
{
    [Fact]
    public async Task Rows_of_an_order_become_one_order_with_all_its_codes_and_ids()
    {
        var table = ToTable(
            Row(("Discount Code", "MIA10, SPRING"), ("Subtotal", "120.00"), ("Notes", "two\nlines, and a comma"), ("Note Attributes", "gift: yes\natr_vid: v-77\natr_cid: k-1")),
            Line(("Lineitem quantity", "2"), ("Lineitem price", "15.00")),
            Row(("Name", "#1002"), ("Id", "1002")));
        var orders = await ReadAsync(table);
        orders.Select(order => (order.Row, order.Name, order.Events.Count)).ShouldBe([(2, "#1001", 1), (4, "#1002", 1)]);
        var first = ToJson(orders[0]);
        ((string?)first["orderId"], (string?)first["occurredAt"], (string?)first["gross"], (string?)first["discount"]).ShouldBe(("shop:1001", "2026-11-20T10:00:00+00:00", "130.00", "10.00"));
        first["codes"]!.AsArray().Select(code => (string?)code).ShouldBe(["MIA10", "SPRING"]);
        ((string?)first["visitorId"], (string?)first["clickId"]).ShouldBe(("v-77", "k-1"));
        first.ToJsonString().ShouldNotContain("example.com");
    }

    public static TheoryData<string, string, string, string, string> Money => new()
    {
        // subtotal, shipping, taxes, total: gross
        { "100.00", "5.00", "7.35", "112.35", "100.00" }, // outside
        { "119.00", "0.00", "19.00", "119.00", "100.00" }, // inside
        { "119.00", "5.95", "19.95", "124.95", "100.00" }, // inside, shipping with its own
        { "119.00", "5.95", "19.00", "124.95", "100.00" }, // inside, shipping without
        { "100.00", "5.00", "0.00", "105.00", "100.00" },
    };

    [Theory]
    [MemberData(nameof(Money))]
    public async Task Goods_have_their_part_of_the_tax_inside_prices(string subtotal, string shipping, string taxes, string total, string net)
    {
        var order = ToJson((await ReadAsync(ToTable(Row(
            ("Subtotal", subtotal), ("Lineitem price", subtotal), ("Shipping", shipping), ("Taxes", taxes), ("Total", total), ("Tax 1 Name", "MwSt 19%"))))).Single());
        ((string?)order["gross"], (string?)order["discount"]).ShouldBe((net, "0.00"));
    }

    [Theory]
    // 24.00 off, of which 10.00 are the line's own, and the rest is shared by 90.00 and 50.00.
    [InlineData("10.00", "126.00", "126.00", "0.00", "TEE 1 100.00 19.00, MUG 1 50.00 5.00")]
    // More than the order has off, or no amount.
    [InlineData("30.00", "126.00", "126.00", "0.00", "TEE 1 100.00 16.00, MUG 1 50.00 8.00")]
    [InlineData("dear", "150.00", "150.00", "0.00", "TEE 1 100.00 0.00, MUG 1 50.00 0.00")]
    [InlineData("", "150.00", "150.00", "24.00", "TEE 1 84.00 0.00, MUG 1 42.00 0.00")]
    // Edited: a further line has no product.
    [InlineData("", "180.00", "180.00", "0.00", "TEE 1 100.00 0.00, MUG 1 50.00 0.00,  1 30.00 0.00")]
    public async Task Lines_share_the_discount_and_tax_of_the_order(string discount, string subtotal, string total, string taxes, string expected)
    {
        var order = (await ReadAsync(ToTable(
            Row(("Subtotal", subtotal), ("Total", total), ("Taxes", taxes), ("Lineitem sku", "TEE"), ("Lineitem discount", discount)),
            Line(("Lineitem name", "Mug"), ("Lineitem price", "50.00"), ("Lineitem sku", "MUG"))))).Single();

        var mapped = new MappedShopOrder([ToJson(order)], order.Events);
        string.Join(',', mapped.Lines).ShouldBe(" " + expected);
        mapped.UnusedLines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Gift_cards_and_tips_are_not_goods()
    {
        (string, string)[] notShipped = [("Lineitem requires shipping", "false"), ("Lineitem taxable", "false")];
        var order = ToJson((await ReadAsync(ToTable(
            Row(("Subtotal", "150.00"), ("Total", "160.00")), Line([("Lineitem name", "Gift Card - 50"), ("Lineitem price", "50.00"), .. notShipped]),
            Line([("Lineitem name", "Tip"), ("Lineitem price", "10.00"), .. notShipped])))).Single());
        ((string?)order["gross"], (string?)order["discount"]).ShouldBe(("100.00", "0.00"));
    }

    [Theory]
    [InlineData("refunded", "120.00", "100.00")]
    [InlineData("partially_refunded", "60.00", "50.00")]
    public async Task Refunded_sum_takes_the_goods_share_of_the_total(string status, string refunded, string expected)
    {
        var order = (await ReadAsync(ToTable(Row(
            ("Financial Status", status), ("Taxes", "15.00"), ("Shipping", "5.00"), ("Total", "120.00"), ("Refunded Amount", refunded))))).Single();
        var refund = JsonNode.Parse(order.Events[1].ToJson())!.AsObject();
        ((string?)refund["refundId"], (string?)refund["amount"], (string?)refund["kind"]).ShouldBe(("export", expected, "refund"));
    }

    [Theory]
    [InlineData("Id", "5.12346E+12", RejectionReason.MemberWrongType)]
    [InlineData("Id", "", RejectionReason.MemberMissing)]
    [InlineData("Subtotal", "1.234,50", RejectionReason.MemberWrongType)]
    [InlineData("Lineitem price", "n/a", RejectionReason.MemberWrongType)]
    [InlineData("Created at", "20/11/2026 11:00", RejectionReason.TimeInvalid)]
    [InlineData("Created at", "", RejectionReason.MemberMissing)]
    [InlineData("Currency", "", RejectionReason.MemberMissing)]
    [InlineData("Payment Method", "(for testing) Bogus Gateway", RejectionReason.NotCounted)]
    [InlineData("Financial Status", "", RejectionReason.NotCounted)]
    public async Task Unusable_cell_is_named_with_row_and_column(string column, string value, RejectionReason reason)
    {
        var orders = await ReadAsync(ToTable(Row(("Id", "1000"), ("Name", "#1000")), Row((column, value))));
        orders[0].Fault.ShouldBeNull();
        var fault = orders[1].Fault.ShouldNotBeNull();
        (fault.Place, fault.Reason).ShouldBe((new(3, column), reason));
        orders[1].Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Useless_code_is_left_out_and_placed_in_its_column()
    {
        var order = (await ReadAsync(ToTable(Row(("Discount Code", $"MIA10, {new string('x', 70)}"))))).Single();
        var fault = order.Events.Single().LeftOut.ShouldHaveSingleItem();
        order.Locate(fault.Pointer).ShouldBe(new(2, "Discount Code"));
    }

    [Fact]
    public async Task Table_without_a_needed_column_names_it()
    {
        var fault = await Should.ThrowAsync<RequestRejectedException>(() => ReadAsync("Name,Email\r\n#1,a\r\n"));
        fault.Message.ShouldStartWith("The header has no column 'Id', 'Financial Status'");
    }

    private static JsonObject ToJson(ImportedOrder order) => JsonNode.Parse(order.Events[0].ToJson())!.AsObject();
}
