using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Host.Ingest;

namespace Attribution.Host.Tests.Ingest.Webhooks.Stripe;

/// <summary>Invoices, and what relates a payment to its invoice under each API version.</summary>
public sealed class StripeInvoiceTests
{
    [Theory]
    // Before 2025-03-31.
    [InlineData("invoice.paid", """{"id":"in_1","payment_intent":"pi_1","charge":"ch_1"}""", "pi_1>in_1 ch_1>in_1")]
    [InlineData("invoice.payment_succeeded", """{"id":"in_1","payment_intent":{"id":"pi_1"},"charge":null}""", "pi_1>in_1")]
    [InlineData("charge.succeeded", """{"id":"ch_1","payment_intent":"pi_1","invoice":"in_1"}""", "ch_1>in_1 pi_1>in_1")]
    [InlineData("payment_intent.succeeded", """{"id":"pi_1","latest_charge":"ch_1","invoice":"in_1"}""", "pi_1>in_1 ch_1>in_1")]
    // Since then.
    [InlineData("invoice_payment.paid", """{"id":"inpay_1","invoice":"in_1","payment":{"type":"payment_intent","payment_intent":"pi_1"}}""", "pi_1>in_1")]
    [InlineData("invoice_payment.paid", """{"id":"inpay_1","invoice":{"id":"in_1"},"payment":{"type":"charge","charge":"ch_1"}}""", "ch_1>in_1")]
    [InlineData("invoice.paid", """{"id":"in_1","payments":{"data":[{"payment":{"payment_intent":"pi_1"}},{"payment":{"payment_intent":"pi_2"}}]}}""", "pi_1>in_1 pi_2>in_1")]
    [InlineData("invoice.paid", """{"id":"in_1"}""", "")]
    [InlineData("charge.succeeded", """{"id":"ch_1","payment_intent":"pi_1"}""", "")]
    public void Payments_are_related_to_their_invoice(string type, string subject, string links) =>
        string.Join(' ', Map(type, subject).Select(StripeDelivery.Read<PaymentEvent>)
            .Select(link => $"{link.PaymentId[5..]}>{link.OrderId[5..]}")).ShouldBe(links);

    [Theory]
    [InlineData("""{"subscription":"sub_1"}""")]
    [InlineData("""{"parent":{"type":"subscription_details","subscription_details":{"subscription":"sub_1"}}}""")]
    public void First_invoice_of_a_subscription_is_its_order(string subscription)
    {
        var events = Map("invoice.paid", Invoice("subscription_create", subscription));
        var order = StripeDelivery.Read<ConversionEvent>(events[0]);
        (order.OrderId, order.Gross, order.Discount, order.Tax, order.Shipping, order.CustomerKey).ShouldBe(("shop:in_1", 100, 10, 18, 5, "shop:cus_1"));
        var link = StripeDelivery.Read<PaymentEvent>(events[1]);
        (link.PaymentId, link.OrderId, link.Currency).ShouldBe(("shop:sub_1", "shop:in_1", null));
        events.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("subscription_cycle", null)]
    [InlineData(null, null)]
    [InlineData("subscription_update", false)]
    [InlineData("subscription_threshold", false)]
    [InlineData("manual", false)]
    public void Later_invoice_is_a_payment_of_its_subscription(string? reason, bool? renewal)
    {
        var payment = StripeDelivery.Read<PaymentEvent>(Map("invoice.paid", Invoice(reason, """{"subscription":"sub_1"}""")).ShouldHaveSingleItem());
        (payment.OrderId, payment.PaymentId, payment.Currency, payment.Gross, payment.Discount, payment.Tax, payment.Shipping)
            .ShouldBe(("shop:sub_1", "shop:in_1", "USD", 100, 10, 18, 5));
        payment.Renewal.ShouldBe(renewal);
    }

    [Theory]
    // Taxes of each API version, where the total without tax is not stated.
    [InlineData("""{"total_excluding_tax":null,"tax":1800}""")]
    [InlineData("""{"total_excluding_tax":null,"total_taxes":[{"amount":1000},{"amount":800}]}""")]
    [InlineData("""{"total_excluding_tax":null,"total_tax_amounts":[{"amount":1800}]}""")]
    public void Tax_of_an_invoice_is_read_from_every_version(string members)
    {
        var invoice = Invoice("subscription_cycle", """{"subscription":"sub_1"}""").With(JsonNode.Parse(members)!.AsObject());
        StripeDelivery.Read<PaymentEvent>(Map("invoice.paid", invoice).ShouldHaveSingleItem()).Gross.ShouldBe(100);
    }

    [Theory]
    // An upgrade whose credit for unused time exceeds its price, and an invoice without a subscription.
    [InlineData("""{"subscription":"sub_1","total":-500,"total_excluding_tax":-500}""")]
    [InlineData("""{"billing_reason":"manual"}""")]
    [InlineData("""{"subscription":"sub_1","status":"open"}""")]
    public void Invoice_without_payment_of_a_subscription_yields_nothing(string members) =>
        Map("invoice.paid", Invoice("subscription_update", members)).ShouldBeEmpty();

    [Fact]
    public void Identifiers_in_the_metadata_of_a_subscription_are_read()
    {
        var order = StripeDelivery.Read<ConversionEvent>(Map("invoice.paid", Invoice(
            "subscription_create", """{"parent":{"subscription_details":{"subscription":"sub_1","metadata":{"atr_vid":"v-1"}}},"metadata":{"atr_vid":"v-2","atr_cid":"k-1"}}"""))[0]);
        (order.VisitorId, order.ClickId).ShouldBe(("v-1", "k-1"));
    }

    [Fact]
    public void Session_relates_its_subscription_and_invoice()
    {
        var events = StripeDelivery.Map(PublishedPayloads.StripeSession(new JsonObject { ["mode"] = "subscription", ["payment_intent"] = null, ["invoice"] = "in_1", ["subscription"] = "sub_1" }));
        var link = StripeDelivery.Read<PaymentEvent>(events[1]);
        (events.Count, link.PaymentId, link.OrderId).ShouldBe((2, "shop:sub_1", "shop:in_1"));
    }

    /// <summary>Returns an invoice of 100.00 less 10.00, with 18.00 tax and 5.00 shipping.</summary>
    private static JsonObject Invoice(string? reason, string members) => new JsonObject
    {
        ["id"] = "in_1", ["object"] = "invoice", ["status"] = "paid", ["billing_reason"] = reason, ["currency"] = "usd", ["customer"] = "cus_1", ["created"] = 1_772_531_000,
        ["subtotal"] = 10_000, ["subtotal_excluding_tax"] = 10_000, ["total"] = 11_300, ["total_excluding_tax"] = 9_500, ["amount_shipping"] = 500,
    }.With(JsonNode.Parse(members)!.AsObject());

    private static IReadOnlyList<MappedEvent> Map(string type, string subject) => Map(type, JsonNode.Parse(subject)!.AsObject());

    private static IReadOnlyList<MappedEvent> Map(string type, JsonObject subject) =>
        StripeDelivery.Map(PublishedPayloads.StripeEvent(type, "refund", []).With(new JsonObject { ["data"] = new JsonObject { ["object"] = subject } }));
}
