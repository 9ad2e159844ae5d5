using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Host.Ingest.Webhooks;

namespace Attribution.Host.Tests.Ingest.Webhooks.Agentic;

/// <summary>Orders of both protocols: the published ones with results worked out by hand, and what a shop sends beside them.</summary>
public sealed class AgenticOrderTests
{
    // Gross, discount, tax, shipping and refunds by hand. `refunded-order`: 325.16 with 26.16 tax for one piece at 299.00.
    // `order-1` of UCP: -30.00 for one pair at 30.00. The pounds of bananas are counted in hundredths.
    [Theory]
    [InlineData("acp", "digital-fulfillment", 99.00, 0, 8.66, 0, 0)]
    [InlineData("acp", "partial-fulfillment", 445.00, 0, 39.78, 8.99, 0)]
    [InlineData("acp", "shipped-order", 2548.00, 0, 223.07, 0, 0)]
    [InlineData("acp", "refunded-order", 617.00, 0, 53.99, 0, 299.00)]
    [InlineData("acp", "order-level-discount", 50.00, 10.00, 0, 5.99, 0)]
    [InlineData("acp", "percentage-discount-with-allocations", 110.00, 22.00, 0, 0, 0)]
    [InlineData("acp", "stacked-discounts", 2098.00, 424.60, 134.70, 19.99, 0)]
    [InlineData("ucp", "order-1", 130.00, 0, 11.42, 12.00, 30.00)]
    [InlineData("ucp", "order-2", 1.19, 0, 0, 0, 0.20)]
    [InlineData("ucp", "order-3", 2.40, 0, 0, 0, 0.12)]
    [InlineData("ucp", "order-4", 1.58, 0, 0, 0, 0.08)]
    public void Published_order_has_the_amounts_worked_out_by_hand(
        string protocol, string name, decimal gross, decimal discount, decimal tax, decimal shipping, decimal refunds)
    {
        var delivery = AgenticDelivery.Published(protocol, name);
        var mapped = AgenticDelivery.Map(protocol, delivery);
        (mapped.Gross, mapped.Discount, mapped.Refunds).ShouldBe((gross, discount, refunds));
        (Amount(mapped, "tax"), Amount(mapped, "shipping")).ShouldBe((tax, shipping));
        mapped.Mapped.SelectMany(one => one.LeftOut).ShouldBeEmpty();
        ((string?)mapped.Order!["orderId"]).ShouldBe($"shop:{(string?)delivery["order"]!["id"]}");

        var journey = new ShopJourney();
        journey.Deliver(protocol, "", delivery, receivedAt: 0);
        journey.Deliver(protocol, "", delivery, receivedAt: 60);
        journey.Net.ShouldBe(gross - discount - refunds);
    }

    [Theory]
    [InlineData("acp", "percentage-discount-with-allocations", "li_1 item_shirt 2 50.00 10.00; li_2 item_pants 1 60.00 12.00", "")]
    [InlineData("acp", "refunded-order", "li_headphones prod_headphones_nc 2 598.00 0.00; li_cable prod_cable_usbc 1 19.00 0.00", "li_headphones prod_headphones_nc 299.00")]
    [InlineData("ucp", "order-1", "li_shoes prod_shoes 3 90.00 0.00; li_shirts prod_shirts 2 40.00 0.00", "li_shoes prod_shoes 30.00")]
    [InlineData("ucp", "order-2", "li_bananas var_bananas 1.5 1.19 0.00", "li_bananas var_bananas 0.20")]
    public void Published_order_has_its_lines(string protocol, string name, string lines, string refunds)
    {
        var mapped = AgenticDelivery.Map(protocol, AgenticDelivery.Published(protocol, name));

        string.Join("; ", mapped.Lines).ShouldBe(lines);
        string.Join("; ", mapped.RefundLines).ShouldBe(refunds);
        mapped.UnusedLines.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ucp", """{"line_items":[{"id":"li_1","item":"p_1","quantity":{"original":2},"totals":[{"type":"subtotal","amount":10000}]}]}""", "li_1  2 100.00 0.00", 1)]
    [InlineData("ucp", """{"line_items":[{"id":"li_1","item":{"id":["p"],"quantity_unit":{"scale":"two"}},"quantity":{"original":2},"totals":[{"type":"subtotal","amount":10000}]}]}""", "li_1  2 100.00 0.00", 2)]
    // Tax inside of the prices: 119.00 with 19.00 tax.
    [InlineData("ucp", """{"line_items":[{"id":"li_1","item":{"id":"p"},"quantity":{"original":1},"totals":[{"type":"subtotal","amount":11900}]}],"totals":[{"type":"subtotal","amount":11900},{"type":"tax","amount":1900},{"type":"total","amount":11900}]}""", "li_1 p 1 100.00 0.00", 0)]
    // Charged afterwards.
    [InlineData("ucp", """{"adjustments":[{"id":"a","type":"price_adjustment","status":"completed","occurred_at":"2026-11-24T10:00:00Z","totals":[{"type":"total","amount":2160}]}]}""", "li_1 p_1 2 100.00 0.00;    20.00 0.00", 0)]
    public void Lines_never_refuse_an_order(string protocol, string changes, string lines, int leftOut)
    {
        var mapped = AgenticDelivery.Map(protocol, AgenticDelivery.Sample(protocol, changes));

        string.Join("; ", mapped.Lines).ShouldBe(lines);
        mapped.Mapped.Sum(one => one.LeftOut.Count).ShouldBe(leftOut);
        mapped.UnusedLines.ShouldBeEmpty();
    }

    [Fact]
    public void Published_order_without_amounts_is_rejected()
    {
        var fault = Should.Throw<UnmappableDeliveryException>(() => AgenticDelivery.Map("acp", AgenticDelivery.Published("acp", "simple-order"))).Fault;
        (fault.Reason, fault.Pointer).ShouldBe((RejectionReason.MemberMissing, "/order/totals"));
    }

    // UCP: a subtotal before discounts, which are negative. ACP: discounts by line are in the subtotal already.
    [Theory]
    [InlineData("ucp", """[{"type":"subtotal","amount":10000},{"type":"items_discount","amount":-1500},{"type":"discount","amount":-500},{"type":"total","amount":8000}]""", 100, 20)]
    [InlineData("acp", """[{"type":"items_base_amount","amount":10000},{"type":"items_discount","amount":1500},{"type":"subtotal","amount":8500},{"type":"discount","amount":500},{"type":"total","amount":8000}]""", 100, 20)]
    [InlineData("acp", """[{"type":"subtotal","amount":8500},{"type":"items_discount","amount":1500},{"type":"total","amount":8500}]""", 100, 15)]
    // A shop that reads its protocol otherwise: the total decides.
    [InlineData("acp", """[{"type":"subtotal","amount":10000},{"type":"items_discount","amount":1500},{"type":"total","amount":8500}]""", 100, 15)]
    [InlineData("ucp", """[{"type":"subtotal","amount":8500},{"type":"items_discount","amount":-1500},{"type":"total","amount":8500}]""", 100, 15)]
    // Tax inside of the prices, of goods and shipping alike.
    [InlineData("ucp", """[{"type":"subtotal","amount":11900},{"type":"fulfillment","amount":1190},{"type":"tax","amount":2090},{"type":"total","amount":13090}]""", 100, 0)]
    [InlineData("acp", """[{"type":"subtotal","amount":11900},{"type":"discount","amount":1190},{"type":"tax","amount":1710},{"type":"total","amount":10710}]""", 100, 10)]
    // Tax on top of the prices, and as much store credit.
    [InlineData("ucp", """[{"type":"subtotal","amount":10000},{"type":"fulfillment","amount":500},{"type":"tax","amount":900},{"type":"store_credit","amount":900},{"type":"total","amount":10500}]""", 100, 0)]
    // Gift wrap decides how the subtotal is read, with tax on top and inside.
    [InlineData("acp", """[{"type":"subtotal","amount":10000},{"type":"items_discount","amount":1500},{"type":"gift_wrap","amount":300},{"type":"tax","amount":700},{"type":"total","amount":9500}]""", 100, 15)]
    [InlineData("acp", """[{"type":"subtotal","amount":10000},{"type":"items_discount","amount":1500},{"type":"gift_wrap","amount":300},{"type":"tax","amount":880},{"type":"total","amount":8800}]""", 90, 13.5)]
    // Not goods, and not a discount.
    [InlineData("acp", """[{"type":"subtotal","amount":10000},{"type":"gift_wrap","amount":300},{"type":"tip","amount":200},{"type":"fee","amount":100},{"type":"tax","amount":900},{"type":"store_credit","amount":5000},{"type":"total","amount":6500}]""", 100, 0)]
    [InlineData("ucp", """[{"type":"subtotal","amount":10000},{"type":"deposit","display_text":"Deposit","amount":25},{"type":"gift_card","display_text":"Gift card","amount":-2500},{"type":"total","amount":7525}]""", 100, 0)]
    public void Goods_are_read_as_the_protocol_adds_them_up(string protocol, string totals, decimal gross, decimal discount)
    {
        var mapped = AgenticDelivery.Map(protocol, AgenticDelivery.Sample(protocol, $$"""{"totals":{{totals}}}"""));
        (mapped.Gross, mapped.Discount).ShouldBe((gross, discount));
    }

    [Theory]
    [InlineData("jpy", "10000")]
    [InlineData("KWD", "10.000")]
    [InlineData("Usd", "100.00")]
    public void Amounts_are_minor_units_of_the_currency(string currency, string gross)
    {
        var delivery = AgenticDelivery.Acp();
        delivery["currency"] = currency;
        var order = AgenticDelivery.Map("acp", delivery).Order!;
        ((string?)order["gross"], (string?)order["currency"]).ShouldBe((gross, currency.ToUpperInvariant()));
    }

    [Theory]
    [InlineData("acp", """{"currency":null}""", RejectionReason.MemberMissing, "/currency")]
    [InlineData("acp", """{"currency":"xxx"}""", RejectionReason.CurrencyUnknown, "/currency")]
    [InlineData("ucp", """{"currency":"eur"}""", RejectionReason.ValueUnknown, "/currency")]
    [InlineData("acp", """{"order":null}""", RejectionReason.MemberMissing, "/order")]
    [InlineData("acp", """{"order":{"totals":[{"type":"subtotal","amount":100}]}}""", RejectionReason.MemberMissing, "/order/id")]
    // Major units would be a hundredth of the order.
    [InlineData("acp", """{"order":{"id":"o","totals":[{"type":"subtotal","amount":"100.00"}]}}""", RejectionReason.MemberWrongType, "/order/totals/0/amount")]
    [InlineData("acp", """{"stateAt":"yesterday"}""", RejectionReason.TimeInvalid, "/stateAt")]
    public void Delivery_that_cannot_be_counted_is_rejected(string protocol, string changes, RejectionReason reason, string pointer)
    {
        var delivery = AgenticDelivery.Sample(protocol).With(SampleOrders.Parse(changes));
        var fault = Should.Throw<UnmappableDeliveryException>(() => AgenticDelivery.Map(protocol, delivery)).Fault;
        (fault.Reason, fault.Pointer).ShouldBe((reason, pointer));
    }

    [Fact]
    public void Unusable_evidence_and_unknown_members_are_left_out_and_noted()
    {
        var delivery = AgenticDelivery.Acp().With(SampleOrders.Parse("""{"codes":["MIA10"," ",7,"mia10"],"customerKey":"jane@mail.example","code":"LEA10"}"""));
        var mapped = AgenticDelivery.Map("acp", delivery);
        mapped.Codes.ShouldBe(["MIA10"]);
        mapped.Mapped.SelectMany(one => one.LeftOut).Select(fault => (fault.Reason, fault.Pointer)).ShouldBe([
            (RejectionReason.MemberUnknown, "/code"), (RejectionReason.MemberWrongType, "/codes/2"), (RejectionReason.TextEmpty, "/codes/1"),
            (RejectionReason.PersonalData, "/customerKey"),
        ], ignoreOrder: true);
    }

    [Theory]
    [InlineData("""{"atr_cid":"k-1","utm_source":"instagram"}""", null, "k-1")]
    [InlineData(null, """{"atr_cid":"k-1"}""", "k-1")]
    [InlineData("""{"atr_cid":"k-2"}""", """{"atr_cid":"k-1"}""", "k-2")]
    [InlineData("""{"atr_cid":""}""", """{"utm_source":"x"}""", null)]
    public void Click_that_the_agent_followed_is_that_of_the_order(string? sent, string? snapshot, string? click)
    {
        var delivery = AgenticDelivery.Ucp();
        delivery["attribution"] = sent is null ? null : JsonNode.Parse(sent);
        delivery["order"]!["attribution"] = snapshot is null ? null : JsonNode.Parse(snapshot);
        var mapped = AgenticDelivery.Map("ucp", delivery);
        ((string?)mapped.Order!["clickId"]).ShouldBe(click);
        mapped.Mapped.SelectMany(one => one.LeftOut).ShouldBeEmpty();
    }

    [Fact]
    public void Parameters_of_the_agent_are_not_stored_with_a_rejection()
    {
        var delivery = AgenticDelivery.Ucp().With(SampleOrders.Parse(
            """{"attribution":{"atr_cid":"k-1","utm_source":"jane@mail.example"},"affiliateAttribution":{"first":{"provider":"p","token":"secret"}}}"""));
        var stored = System.Text.Encoding.UTF8.GetString(PayloadRedactor.Redact("ucp", "", delivery.Bytes()));
        stored.ShouldContain("k-1");
        stored.ShouldNotContain("secret");
        stored.ShouldNotContain("jane");
    }

    [Fact]
    public void Absent_codes_leave_those_of_earlier_states()
    {
        var delivery = AgenticDelivery.Acp();
        delivery.Remove("codes");
        AgenticDelivery.Map("acp", delivery).Order!.ContainsKey("codes").ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"status":"canceled"}""", true)]
    [InlineData("""{"status":"cancelled"}""", true)]
    [InlineData("""{"status":"manual_review"}""", true)]
    [InlineData("""{"status":"status of its own"}""", false)]
    [InlineData("""{"status":null}""", false)]
    [InlineData("""{"line_items":[{"id":"li_1","quantity":{"ordered":2,"current":0},"subtotal":10000}]}""", true)]
    public void Status_decides_if_the_order_counts(string changes, bool isCanceled) =>
        AgenticDelivery.Map("acp", AgenticDelivery.Acp(changes)).IsCanceled.ShouldBe(isCanceled);

    [Fact]
    public void Canceled_order_without_amounts_is_canceled()
    {
        var journey = new ShopJourney();
        journey.Deliver("acp", "", AgenticDelivery.Acp(), receivedAt: 0);
        journey.Deliver("acp", "", AgenticDelivery.Acp("""{"status":"canceled","totals":null,"line_items":null}"""), receivedAt: 5);
        journey.Order!.IsCanceled.ShouldBeTrue();
        journey.Deliver("acp", "", AgenticDelivery.Acp("""{"status":"processing"}"""), receivedAt: 9);
        journey.Order!.IsCanceled.ShouldBeFalse();
    }

    [Fact]
    public void Order_dates_from_the_shops_time_otherwise_from_the_first_that_is_known()
    {
        var delivery = AgenticDelivery.Acp();
        Time(delivery, "occurredAt").ShouldBe("2026-11-25T00:00:00+00:00");
        Time(AgenticDelivery.WithAdjustment("acp", """{"amount":100}"""), "occurredAt").ShouldBe("2026-11-24T10:00:00+00:00");
        delivery["occurredAt"] = "2026-11-23T08:00:00Z";
        Time(delivery, "occurredAt").ShouldBe("2026-11-23T08:00:00+00:00");
    }

    /// <summary>Senders repeat what was not confirmed, after they have sent the next state.</summary>
    [Fact]
    public void Repeated_delivery_does_not_outrank_the_state_that_followed_it()
    {
        var (first, second) = (AgenticDelivery.Acp(), AgenticDelivery.Acp("""{"status":"canceled"}"""));
        var journey = new ShopJourney();
        journey.Deliver("acp", "", first, receivedAt: 0);
        journey.Deliver("acp", "", second, receivedAt: 5);
        journey.Deliver("acp", "", first, receivedAt: 60);
        journey.Order!.IsCanceled.ShouldBeTrue();
    }

    [Fact]
    public void State_with_its_time_outranks_later_arrivals_of_earlier_states()
    {
        var (first, second) = (AgenticDelivery.Ucp(), AgenticDelivery.WithAdjustment("ucp", """{"totals":[{"type":"total","amount":-5400}],"line_items":[{"id":"li_1","quantity":-1}]}"""));
        first["stateAt"] = "2026-11-24T09:00:00Z";
        second["stateAt"] = "2026-11-24T10:00:00Z";
        var journey = new ShopJourney();
        journey.Deliver("ucp", "", second, receivedAt: 0);
        journey.Deliver("ucp", "", first, receivedAt: 5);
        journey.Net.ShouldBe(50);
    }

    [Fact]
    public void Long_ids_of_orders_and_adjustments_fit_into_event_ids()
    {
        var delivery = AgenticDelivery.WithAdjustment("ucp", $$"""{"id":"{{new string('a', 120)}}","totals":[{"type":"total","amount":-5400}]}""");
        delivery["order"]!["id"] = $"gid://shop.example/Order/{new string('1', 90)}";
        delivery["stateAt"] = "2026-11-24T10:00:00Z";
        var journey = new ShopJourney();
        journey.Deliver("ucp", "", delivery, receivedAt: 0);
        journey.Net.ShouldBe(50);
    }

    private static string Time(JsonObject delivery, string member) => (string)AgenticDelivery.Map("acp", delivery).Order![member]!;

    private static decimal Amount(MappedShopOrder mapped, string member) => decimal.Parse((string)mapped.Order![member]!, CultureInfo.InvariantCulture);
}
