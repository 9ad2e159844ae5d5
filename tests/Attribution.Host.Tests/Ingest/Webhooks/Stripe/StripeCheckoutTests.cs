using System.Text.Json.Nodes;
using Attribution.Contracts;

namespace Attribution.Host.Tests.Ingest.Webhooks.Stripe;

/// <summary>Checkout sessions: money of goods, time of the order, states without an order.</summary>
public sealed class StripeCheckoutTests
{
    [Theory]
    // Goods 120.00 with 20.00 of tax inside; shipping 10.00 with 2.00 on top.
    [InlineData("""{"amount_subtotal":12000,"amount_total":13200,"total_details":{"amount_shipping":1000,"amount_tax":2200},"shipping_cost":{"amount_subtotal":1000,"amount_tax":200,"amount_total":1200}}""", "100.00", "0.00", "10.00")]
    // Two lines: 120.00 with 20.00 inside, and 120.00 with 24.00 on top.
    [InlineData("""{"amount_subtotal":24000,"amount_total":26400,"total_details":{"amount_tax":4400}}""", "220.00", "0.00", "0.00")]
    // Goods 100.00 with 20.00 on top; shipping 12.00 with 2.00 inside.
    [InlineData("""{"amount_subtotal":10000,"amount_total":13200,"total_details":{"amount_shipping":1200,"amount_tax":2200},"shipping_cost":{"amount_subtotal":1200,"amount_tax":200,"amount_total":1200}}""", "100.00", "0.00", "10.00")]
    // All inside, with a discount: 120.00 - 12.00 paid, of which 18.00 is tax.
    [InlineData("""{"amount_subtotal":12000,"amount_total":10800,"total_details":{"amount_discount":1200,"amount_tax":1800}}""", "102.00", "12.00", "0.00")]
    // Mixed lines with a discount on both.
    [InlineData("""{"amount_subtotal":24000,"amount_total":23760,"total_details":{"amount_discount":2400,"amount_tax":3960}}""", "222.00", "24.00", "0.00")]
    // Shipping without the totals of its rate.
    [InlineData("""{"amount_subtotal":10000,"amount_total":10500,"total_details":{"amount_shipping":500}}""", "100.00", "0.00", "5.00")]
    // Tax of a free order, a cent above what was paid.
    [InlineData("""{"amount_subtotal":5000,"amount_total":0,"total_details":{"amount_discount":5000,"amount_tax":1}}""", "50.00", "50.00", "0.00")]
    public void Included_tax_is_removed_line_by_line(string session, string gross, string discount, string shipping)
    {
        var order = Order(session);
        (order.Gross, order.Discount, order.Shipping).ShouldBe((Number(gross), Number(discount), Number(shipping)));
    }

    /// <summary>Random carts, each line and the shipping with tax inside, on top or without.</summary>
    [Fact]
    public void Net_is_what_was_paid_for_goods_without_tax()
    {
        for (var seed = 1; seed <= 2_000; seed++)
        {
            var random = new Random(seed);
            var (subtotal, total, tax, discounted, net) = (0L, 0L, 0L, 0L, 0L);
            for (var line = random.Next(1, 5); line > 0; line--)
            {
                var (price, rate, inside) = (random.NextInt64(1, 50_000), random.Next(0, 26), random.Next(2) == 0);
                var off = random.Next(3) == 0 ? random.NextInt64(0, price + 1) : 0;
                var paid = price - off;
                var lineTax = inside ? paid * rate / (100 + rate) : paid * rate / 100;
                (subtotal, discounted, tax) = (subtotal + price, discounted + off, tax + lineTax);
                total += inside ? paid : paid + lineTax;
                net += inside ? paid - lineTax : paid;
            }

            var (shipped, shippingRate, shippingInside) = (random.NextInt64(0, 2_000), random.Next(0, 26), random.Next(2) == 0);
            var shippingTax = shippingInside ? shipped * shippingRate / (100 + shippingRate) : shipped * shippingRate / 100;
            var shippingTotal = shippingInside ? shipped : shipped + shippingTax;
            var order = Order(new JsonObject
            {
                ["amount_subtotal"] = subtotal, ["amount_total"] = total + shippingTotal,
                ["total_details"] = new JsonObject { ["amount_discount"] = discounted, ["amount_shipping"] = shipped, ["amount_tax"] = tax + shippingTax },
                ["shipping_cost"] = new JsonObject { ["amount_subtotal"] = shipped, ["amount_tax"] = shippingTax, ["amount_total"] = shippingTotal },
            });
            (order.Gross - order.Discount).ShouldBe(net / 100m, $"seed {seed}");
            (order.Gross - order.Discount + order.Tax + order.Shipping).ShouldBe((total + shippingTotal) / 100m, $"seed {seed}");
        }
    }

    [Fact]
    public void Delayed_payment_is_an_order_of_the_day_it_was_placed()
    {
        var placed = new DateTimeOffset(2026, 2, 28, 9, 0, 0, TimeSpan.Zero);
        var session = PublishedPayloads.StripeSession(new JsonObject { ["created"] = placed.ToUnixTimeSeconds() })
            .With(new JsonObject { ["type"] = "checkout.session.async_payment_succeeded" });
        Order(session).OccurredAt.ShouldBe(placed);
    }

    [Fact]
    public void Delayed_payment_without_creation_has_the_time_of_its_event() =>
        Order(PublishedPayloads.StripeSession(new JsonObject { ["created"] = null })
            .With(new JsonObject { ["type"] = "checkout.session.async_payment_succeeded" })).OccurredAt
            .ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1_772_532_000));

    [Theory]
    [InlineData("checkout.session.completed", "unpaid")]
    [InlineData("checkout.session.async_payment_failed", "unpaid")]
    [InlineData("checkout.session.expired", "unpaid")]
    public void Session_without_payment_is_a_state_without_events(string type, string status) =>
        StripeDelivery.Map(PublishedPayloads.StripeSession(new JsonObject { ["payment_status"] = status }).With(new JsonObject { ["type"] = type }))
            .ShouldBeEmpty();

    private static ConversionEvent Order(string session) => Order(JsonNode.Parse(session)!.AsObject());

    private static ConversionEvent Order(JsonObject session) => StripeDelivery.Read<ConversionEvent>(
        StripeDelivery.Map(session.ContainsKey("type") ? session : PublishedPayloads.StripeSession(
            new JsonObject { ["total_details"] = new JsonObject(), ["shipping_cost"] = null }.With(session)))[0]);

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
