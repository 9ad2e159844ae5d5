using System.Text.Json.Nodes;
using Attribution.Contracts;

namespace Attribution.Host.Tests.Ingest.Webhooks.Agentic;

/// <summary>
/// Adjustments of an order of two pieces at 50.00, with 8.00 tax and 5.00 shipping, in both protocols: what each does to
/// the goods.
/// </summary>
public sealed class AgenticAdjustmentTests
{
    // Amounts with tax: 54.00 for a piece at 50.00.
    [Theory]
    [InlineData("""{"amount":5400,"currency":"usd","line_items":[{"id":"li_1","quantity":1}]}""", 50)]
    [InlineData("""{"type":"credit","amount":2700,"line_items":[{"id":"li_1","quantity":1}]}""", 25)]
    [InlineData("""{"type":"return","amount":10800}""", 100)]
    [InlineData("""{"type":"exchange","amount":1080}""", 10)]
    [InlineData("""{"type":"price_adjustment","amount":540}""", 5)]
    [InlineData("""{"type":"word of its own","amount":5400}""", 50)]
    [InlineData("""{"amount":-5400}""", 50)]
    // All that was charged, with shipping; and shipping alone.
    [InlineData("""{"amount":11300}""", 100)]
    [InlineData("""{"amount":500}""", 0)]
    [InlineData("""{"amount":538}""", 0)]
    // Without an amount, the lines are what is given back, unless goods come back before the money.
    [InlineData("""{"line_items":[{"id":"li_1","quantity":1}]}""", 50)]
    [InlineData("""{"type":"return","line_items":[{"id":"li_1","quantity":1}]}""", 0)]
    [InlineData("""{"type":"cancellation","amount":5400,"line_items":[{"id":"li_1","quantity":1}]}""", 50)]
    [InlineData("""{"status":"pending","amount":5400}""", 0)]
    [InlineData("""{"status":"failed","amount":5400}""", 0)]
    public void Acp_amount_is_money_given_back_with_tax(string adjustment, decimal refunds)
    {
        var mapped = AgenticDelivery.Map("acp", AgenticDelivery.WithAdjustment("acp", adjustment));
        (mapped.Refunds, mapped.Gross, mapped.IsCanceled).ShouldBe((refunds, 100, false));
    }

    [Theory]
    [InlineData("""{"totals":[{"type":"total","amount":-5400}],"line_items":[{"id":"li_1","quantity":-1}]}""", 50, 0)]
    [InlineData("""{"type":"return","totals":[{"type":"subtotal","amount":5000},{"type":"tax","amount":400},{"type":"total","amount":-5400}]}""", 50, 0)]
    [InlineData("""{"totals":[{"type":"subtotal","amount":5000},{"type":"discount","amount":-1000},{"type":"tax","amount":320},{"type":"total","amount":-4320}]}""", 40, 0)]
    [InlineData("""{"totals":[{"type":"tax","amount":400},{"type":"total","amount":-5400}]}""", 50, 0)]
    [InlineData("""{"totals":[{"type":"fulfillment","amount":500},{"type":"total","amount":-500}]}""", 0, 0)]
    [InlineData("""{"type":"exchange","totals":[{"type":"total","amount":2160}]}""", 0, 20)]
    [InlineData("""{"type":"exchange","totals":[{"type":"total","amount":-2160}]}""", 20, 0)]
    [InlineData("""{"type":"upgrade","totals":[{"type":"subtotal","amount":2000},{"type":"tax","amount":160},{"type":"total","amount":2160}]}""", 0, 20)]
    [InlineData("""{"type":"price_adjustment","line_items":[{"id":"li_1","quantity":0}],"totals":[{"type":"total","amount":-108}]}""", 1, 0)]
    [InlineData("""{"status":"pending","totals":[{"type":"total","amount":-5400}]}""", 0, 0)]
    public void Ucp_sign_tells_the_direction_of_the_money(string adjustment, decimal refunds, decimal added)
    {
        var mapped = AgenticDelivery.Map("ucp", AgenticDelivery.WithAdjustment("ucp", adjustment));
        (mapped.Refunds, mapped.Gross).ShouldBe((refunds, 100 + added));
    }

    [Theory]
    [InlineData("acp", """{"type":"cancellation"}""")]
    [InlineData("acp", """{"type":"cancellation","amount":11300}""")]
    [InlineData("acp", """{"type":"cancellation","amount":10800,"line_items":[{"id":"li_1","quantity":2}]}""")]
    [InlineData("ucp", """{"type":"cancellation","totals":[{"type":"total","amount":-11300}]}""")]
    [InlineData("ucp", """{"type":"cancellation","line_items":[{"id":"li_1","quantity":-2}]}""")]
    public void Cancellation_of_the_remainder_cancels_the_order(string protocol, string adjustment)
    {
        var mapped = AgenticDelivery.Map(protocol, AgenticDelivery.WithAdjustment(protocol, adjustment));
        mapped.IsCanceled.ShouldBeTrue();
        ((string?)mapped.Events.Single(one => (string?)one["kind"] == "cancel")["occurredAt"]).ShouldBe("2026-11-24T10:00:00+00:00");
    }

    [Theory]
    [InlineData("acp", """{"type":"dispute","amount":11300}""")]
    [InlineData("acp", """{"type":"dispute"}""")]
    [InlineData("ucp", """{"type":"dispute","totals":[{"type":"total","amount":-11300}]}""")]
    [InlineData("ucp", """{"type":"chargeback","totals":[{"type":"total","amount":-11300}]}""")]
    public void Lost_dispute_is_a_chargeback(string protocol, string adjustment)
    {
        var mapped = AgenticDelivery.Map(protocol, AgenticDelivery.WithAdjustment(protocol, adjustment));
        var refund = mapped.Events.Single(one => (string?)one["type"] == "refund");
        ((string?)refund["kind"], (string?)refund["amount"]).ShouldBe(("chargeback", "100.00"));
    }

    [Theory]
    [InlineData("acp", """{"amount":5400}""")]
    [InlineData("ucp", """{"totals":[{"type":"total","amount":-5400}]}""")]
    public void Adjustment_that_changes_in_place_counts_while_it_is_completed(string protocol, string adjustment)
    {
        var journey = new ShopJourney();
        var received = 0;
        foreach (var (status, net) in new[] { ("pending", 100m), ("completed", 50m), ("failed", 100m), ("completed", 50m) })
        {
            var delivery = AgenticDelivery.WithAdjustment(protocol, adjustment);
            delivery["order"]!["adjustments"]![0]!["status"] = status;
            delivery["order"]!["label"] = $"{received}";
            journey.Deliver(protocol, "", delivery, received += 10);
            journey.Net.ShouldBe(net, $"after {received} s: {status}");
        }
    }

    [Fact]
    public void Refunded_total_without_an_adjustment_is_a_refund()
    {
        var delivery = AgenticDelivery.Acp();
        delivery["order"]!["totals"]!.AsArray().Add(SampleOrders.Parse("""{"type":"amount_refunded","amount":5400}"""));
        AgenticDelivery.Map("acp", delivery).Refunds.ShouldBe(50);
        delivery["order"]!["adjustments"] = JsonNode.Parse("""[{"id":"a","type":"refund","status":"completed","occurred_at":"2026-11-24T10:00:00Z","amount":5400}]""");
        AgenticDelivery.Map("acp", delivery).Refunds.ShouldBe(50);
    }

    [Fact]
    public void Refunds_of_parts_that_cannot_be_divided_add_up_to_all_goods()
    {
        var adjustments = new JsonArray([.. Enumerable.Range(1, 3).Select(i => SampleOrders.Parse(
            $$"""{"id":"a{{i}}","type":"refund","status":"completed","occurred_at":"2026-11-24T10:00:0{{i}}Z","amount":3333,"line_items":[{"id":"li_1","quantity":1}]}"""))]);
        var delivery = AgenticDelivery.Acp(
            """{"line_items":[{"id":"li_1","quantity":{"ordered":3,"current":0},"subtotal":10000}],"totals":[{"type":"subtotal","amount":10000},{"type":"total","amount":10000}]}""");
        delivery["order"]!["adjustments"] = adjustments;
        var mapped = AgenticDelivery.Map("acp", delivery);
        mapped.Events.Where(one => (string?)one["type"] == "refund").Select(one => (string?)one["amount"]).ShouldBe(["33.33", "33.34", "33.33"]);
    }

    [Fact]
    public void Refund_in_another_currency_is_listed_and_not_applied()
    {
        var journey = new ShopJourney();
        journey.Deliver("acp", "", AgenticDelivery.WithAdjustment("acp", """{"amount":5400,"currency":"eur"}"""), receivedAt: 0);
        (journey.Net, journey.Order!.RefundsInOtherCurrency).ShouldBe((100, 1));
    }

    [Theory]
    [InlineData("""{"status":"settling","amount":5400}""", RejectionReason.ValueUnknown, "/order/adjustments/0/status")]
    [InlineData("""{"type":"credit"}""", RejectionReason.MemberMissing, "/order/adjustments/0/amount")]
    public void Adjustment_that_states_nothing_usable_is_left_out_and_noted(string adjustment, RejectionReason reason, string pointer)
    {
        var mapped = AgenticDelivery.Map("acp", AgenticDelivery.WithAdjustment("acp", adjustment));
        mapped.Refunds.ShouldBe(0);
        mapped.Mapped.SelectMany(one => one.LeftOut).Select(fault => (fault.Reason, fault.Pointer)).ShouldBe([(reason, pointer)]);
    }
}
