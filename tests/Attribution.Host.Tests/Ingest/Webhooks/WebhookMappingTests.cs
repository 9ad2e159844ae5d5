using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Host.Ingest;
using Attribution.Host.Ingest.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Tests.Ingest.Webhooks;

/// <summary>Mapping of shops' payloads: published ones, and variants that the vendors' references allow.</summary>
public sealed class WebhookMappingTests
{
    private static readonly WebhookVendors Vendors = new(Options.Create(new IngestOptions()));

    [Fact]
    public void Published_Shopify_order_maps_to_the_documented_event() => Order(TestShop.Shopify, PublishedPayloads.ShopifyOrder).ShouldBe(
        """{"type":"conversion","id":"order:1073459981:2025-07-02T16:31:38.000Z:…","occurredAt":"2025-07-02T16:31:38+00:00","kind":"order","orderId":"shop:1073459981","currency":"USD","gross":"199.00","codes":["FAKE30"],"discount":"17.91","tax":"0.00","shipping":"0.00","customerKey":"shop:1073339475","stateAt":"2025-07-02T16:31:38+00:00","refundIds":[],"lines":[{"goods":"199.00","product":"IPOD2009BLACK","quantity":"1","discount":"17.91","id":"1071823193"}]}""");

    [Fact]
    public void Refunded_Shopify_order_maps_with_its_refund_by_line()
    {
        var events = Map(TestShop.Shopify, PublishedPayloads.ShopifyRefundedOrder);
        MembersOf(events[0], "gross", "discount", "codes", "tax").ShouldBe("""["597.00","10.00",["TENOFF"],"11.94"]""");
        Text(events[1]).ShouldBe(
            """{"type":"refund","id":"refund:509562969:2008-01-10T16:00:00.000Z:…","occurredAt":"2025-07-02T16:29:59+00:00","orderId":"shop:450789469","refundId":"509562969","kind":"refund","currency":"USD","amount":"391.33","stateAt":"2008-01-10T16:00:00+00:00","lines":[{"amount":"195.66","id":"703073504","product":"IPOD2008BLACK"},{"amount":"195.67","id":"466157049","product":"IPOD2008GREEN"}]}""");
        events.Count.ShouldBe(2);
    }

    [Fact]
    public void Separate_Shopify_refund_maps_equally_with_a_superseded_id() => Text(Map(TestShop.Shopify, PublishedPayloads.ShopifyRefund, "refunds/create").Single()).ShouldBe(
        """{"type":"refund","id":"refund:509562969","occurredAt":"2025-07-02T16:38:15+00:00","orderId":"shop:450789469","refundId":"509562969","kind":"refund","currency":"USD","amount":"391.33","lines":[{"amount":"195.66","id":"703073504","product":"IPOD2008BLACK"},{"amount":"195.67","id":"466157049","product":"IPOD2008GREEN"}]}""");

    [Theory]
    // Prices include tax: goods exclude it, and the net amount is the payment less the tax.
    [InlineData("""{"taxes_included":true}""", """{"price":"119.00","quantity":2,"tax_lines":[{"price":"20.00","rate":0.19},{"price":"6.78"}],"discount_allocations":[{"amount":"70.31"}]}""", "211.22", "70.31")]
    [InlineData("{}", """{"price":"10.10","quantity":3,"discount_allocations":[{"amount":"1.00"},{"amount":"0.50"}]}""", "30.30", "1.50")]
    // A line without a price is a free item.
    [InlineData("{}", """{"quantity":3}""", "0.00", "0.00")]
    // The shop's currency differs from the buyer's.
    [InlineData("""{"currency":"JPY","presentment_currency":"USD"}""", """{"price":"1000.00","quantity":1}""", "1000", "0")]
    public void Shopify_lines_map_to_amounts(string order, string line, string gross, string discount)
    {
        var sent = PublishedPayloads.ShopifyOrder.With(JsonNode.Parse(order)!.AsObject());
        sent["line_items"] = new JsonArray(JsonNode.Parse(line), JsonNode.Parse("""{"price":"50.00","quantity":1,"gift_card":true,"discount_allocations":[{"amount":"5.00"}]}"""));
        MembersOf(Map(TestShop.Shopify, sent)[0], "gross", "discount").ShouldBe($"""["{gross}","{discount}"]""");
    }

    [Theory]
    [InlineData("""{"source_name":"subscription_contract"}""", "codes", "[]")]
    [InlineData("""{"source_name":"subscription_contract_checkout_one"}""", "renewal", "true")]
    [InlineData("""{"source_name":"web"}""", "renewal", "null")]
    [InlineData("""{"discount_codes":[]}""", "codes", "[]")]
    [InlineData("""{"discount_codes":[{"code":"B"},{"code":"A"}]}""", "codes", "[\"B\",\"A\"]")]
    [InlineData("""{"customer":null}""", "customerKey", "null")]
    [InlineData("""{"customer":{"id":7,"orders_count":1}}""", "isNewCustomer", "true")]
    [InlineData("""{"customer":{"id":7,"orders_count":2}}""", "isNewCustomer", "null")]
    [InlineData("""{"note_attributes":[{"name":"atr_vid","value":"v-1"},{"name":"atr_cid","value":"k-1"}],"landing_site":"/?atr_cid=k-2"}""", "visitorId", "\"v-1\"")]
    [InlineData("""{"note_attributes":[{"name":"atr_vid","value":"v-1"},{"name":"atr_cid","value":"k-1"}],"landing_site":"/?atr_cid=k-2"}""", "clickId", "\"k-1\"")]
    [InlineData("""{"landing_site":"/spring?utm_source=instagram&atr_cid=k-2"}""", "clickId", "\"k-2\"")]
    [InlineData("""{"landing_site":"/spring"}""", "clickId", "null")]
    [InlineData("""{"note_attributes":[{"name":"atr_vid","value":" "}]}""", "visitorId", "null")]
    [InlineData("""{"processed_at":"2025-07-01T10:00:00+02:00"}""", "occurredAt", "\"2025-07-01T08:00:00+00:00\"")]
    public void Shopify_members_map_to_event_members(string order, string member, string expected) =>
        MembersOf(Map(TestShop.Shopify, PublishedPayloads.ShopifyOrder.With(JsonNode.Parse(order)!.AsObject()))[0], member).ShouldBe($"[{expected}]");

    [Fact]
    public void Canceled_Shopify_order_also_yields_a_cancellation()
    {
        var events = Map(TestShop.Shopify, PublishedPayloads.ShopifyOrder.With(new JsonObject { ["cancelled_at"] = "2025-07-03T00:00:00Z", ["financial_status"] = "refunded" }), "orders/cancelled");
        Text(events[1]).ShouldBe("""{"type":"refund","id":"cancel:1073459981:2025-07-02T16:31:38.000Z:…","occurredAt":"2025-07-03T00:00:00+00:00","orderId":"shop:1073459981","refundId":"cancel","kind":"cancel","stateAt":"2025-07-02T16:31:38+00:00"}""");
    }

    [Theory]
    // 10.00 retained as a restocking fee; 5.00 refunded beyond the lines.
    [InlineData("""{"order_adjustments":[{"kind":"refund_discrepancy","amount":"10.00"}]}""", "381.33")]
    [InlineData("""{"order_adjustments":[{"kind":"refund_discrepancy","amount":"-5.00"},{"kind":"shipping_refund","amount":"-7.00"}]}""", "396.33")]
    // 6 % tax included: known from the rate only, since a separate refund does not state it.
    [InlineData("""{"refund_line_items":[{"subtotal":106.0,"total_tax":6.0,"subtotal_set":{"shop_money":{"currency_code":"USD"}},"line_item":{"tax_lines":[{"rate":0.06}]}}]}""", "100.00")]
    [InlineData("""{"refund_line_items":[{"subtotal":106.0,"total_tax":6.36,"subtotal_set":{"shop_money":{"currency_code":"USD"}},"line_item":{"tax_lines":[{"rate":0.06}]}}]}""", "106.00")]
    public void Shopify_refunds_map_to_amounts(string refund, string amount) =>
        MembersOf(Map(TestShop.Shopify, PublishedPayloads.ShopifyRefund.With(JsonNode.Parse(refund)!.AsObject()), "refunds/create").Single(), "amount").ShouldBe($"""["{amount}"]""");

    [Fact]
    public void Published_WooCommerce_orders_map_to_events()
    {
        Order(TestShop.WooCommerce, PublishedPayloads.WooCommerceOrder).ShouldBe(
            """{"type":"conversion","id":"order:727:2017-03-22T19:28:08.000Z:…","occurredAt":"2017-03-22T19:28:02+00:00","kind":"order","orderId":"shop:727","currency":"USD","gross":"18.00","codes":[],"discount":"0.00","tax":"1.35","shipping":"10.00","stateAt":"2017-03-22T19:28:08+00:00","refundIds":[],"lines":[{"goods":"6.00","product":"93","quantity":"2","discount":"0.00","id":"315"},{"goods":"12.00","product":"Bar3","quantity":"1","discount":"0.00","id":"316"}]}""");
        var refunded = Map(TestShop.WooCommerce, PublishedPayloads.WooCommerceRefundedOrder);
        MembersOf(refunded[0], "gross", "customerKey").ShouldBe("""["29.00","shop:26"]""");
        // 9.00 and the shipping of 10.00 were refunded of 39.00, of which 29.00 were goods.
        MembersOf(refunded[1], "refundId", "amount").ShouldBe("""["724","6.69"]""");
        refunded.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"line_items":[{"subtotal":"100.004","total":"90.00"},{"subtotal":"20","total":"20"}],"coupon_lines":[{"code":"mia10"}]}""", """["120.00","10.00",["mia10"]]""")]
    [InlineData("""{"line_items":[{"subtotal":"100","total":"120"}]}""", """["120.00","0.00",[]]""")]
    [InlineData("""{"created_via":"subscription","coupon_lines":[{"code":"mia10"}],"line_items":[]}""", """["0.00","0.00",[]]""")]
    [InlineData("""{"meta_data":[{"key":"_subscription_renewal","value":"5"}],"coupon_lines":[{"code":"mia10"}],"line_items":[]}""", """["0.00","0.00",[]]""")]
    public void WooCommerce_lines_map_to_amounts(string order, string expected) =>
        MembersOf(Map(TestShop.WooCommerce, PublishedPayloads.WooCommerceOrder.With(JsonNode.Parse(order)!.AsObject()))[0], "gross", "discount", "codes").ShouldBe(expected);

    [Theory]
    [InlineData("""[{"key":"atr_vid","value":"v-1"},{"key":"other","value":{"deep":[1]}}]""", "visitorId", "v-1")]
    [InlineData("""[{"key":"_wc_order_attribution_session_entry","value":"https://shop.example/?utm_source=x&atr_cid=k-2"}]""", "clickId", "k-2")]
    public void WooCommerce_ids_map_to_event_ids(string meta, string member, string value) =>
        MembersOf(Map(TestShop.WooCommerce, PublishedPayloads.WooCommerceOrder.With(new JsonObject { ["meta_data"] = JsonNode.Parse(meta) }))[0], member).ShouldBe($"""["{value}"]""");

    [Theory]
    [InlineData("""{"created_via":"subscription"}""", "[null,true]")]
    [InlineData("""{"meta_data":[{"key":"_subscription_renewal","value":5}]}""", """["shop:5",true]""")]
    [InlineData("""{"meta_data":[{"key":"_subscription_renewal","value":""}]}""", "[null,true]")]
    [InlineData("""{"meta_data":[{"key":"_subscription_renewal","value":["5"]}]}""", "[null,true]")]
    [InlineData("""{"meta_data":[{"key":"other","value":"5"}]}""", "[null,null]")]
    public void WooCommerce_renewals_name_their_subscription(string order, string expected) =>
        MembersOf(Map(TestShop.WooCommerce, PublishedPayloads.WooCommerceOrder.With(JsonNode.Parse(order)!.AsObject()))[0], "subscription", "renewal").ShouldBe(expected);

    [Theory]
    [InlineData("subscription.created")]
    [InlineData("subscription.updated")]
    [InlineData("subscription.switched")]
    public void WooCommerce_subscription_is_another_id_of_the_order_that_began_it(string topic)
    {
        var subscription = new JsonObject { ["id"] = 5, ["parent_id"] = 727, ["status"] = "active", ["date_created_gmt"] = "2017-03-22T19:28:02", ["total"] = "18.00" };

        Map(TestShop.WooCommerce, subscription, topic).Single().ToJson().ShouldBe(
            """{"type":"payment","id":"subscription:5:727","occurredAt":"2017-03-22T19:28:02+00:00","orderId":"shop:727","paymentId":"shop:5"}"""u8.ToArray());
        Map(TestShop.WooCommerce, subscription.With(new JsonObject { ["parent_id"] = 0 }), topic).ShouldBeEmpty();
    }

    [Fact]
    public void Canceled_paid_WooCommerce_order_yields_order_and_cancellation()
    {
        var events = Map(TestShop.WooCommerce, PublishedPayloads.WooCommerceOrder.With(new JsonObject { ["status"] = "cancelled" }));
        events.Select(mapped => ((string)JsonNode.Parse(mapped.ToJson())!["id"]!)[..^13]).ShouldBe(["order:727:2017-03-22T19:28:08.000Z", "cancel:727:2017-03-22T19:28:08.000Z"]);
    }

    [Fact]
    public void Paid_Stripe_session_maps_to_an_order_named_by_its_payment() => Order(TestShop.Stripe, PublishedPayloads.StripeSession()).ShouldBe(
        """{"type":"conversion","id":"evt_1Pgc76B7WZ01zgkWwyRHS12y","occurredAt":"2026-03-03T10:00:00+00:00","kind":"order","orderId":"shop:pi_1PgafyB7WZ01zgkWSjxsAJo3","currency":"USD","gross":"100.00","codes":["promo_1MIA"],"discount":"10.00","tax":"7.20","shipping":"5.00","customerKey":"shop:cus_9f"}""");

    [Theory]
    // Prices include tax, 1.00 of it on shipping.
    [InlineData("""{"amount_total":9500,"shipping_cost":{"amount_tax":100}}""", "gross", "\"93.80\"")]
    [InlineData("""{"currency":"jpy"}""", "gross", "\"10000\"")]
    [InlineData("""{"currency":"kwd"}""", "gross", "\"10.000\"")]
    [InlineData("""{"currency":"isk"}""", "gross", "\"100\"")]
    [InlineData("""{"payment_intent":null,"invoice":{"id":"in_1"}}""", "orderId", "\"shop:in_1\"")]
    [InlineData("""{"payment_intent":null,"id":"cs_1","payment_status":"no_payment_required"}""", "orderId", "\"shop:cs_1\"")]
    [InlineData("""{"discounts":[{"promotion_code":{"id":"promo_1","code":"MIA10"}}]}""", "codes", "[\"MIA10\"]")]
    [InlineData("""{"discounts":[{"coupon":"SALE","promotion_code":null}]}""", "codes", "[]")]
    [InlineData("""{"customer":null}""", "customerKey", "null")]
    [InlineData("""{"client_reference_id":"atr_v-1"}""", "visitorId", "\"v-1\"")]
    [InlineData("""{"client_reference_id":"cart-77"}""", "visitorId", "null")]
    [InlineData("""{"metadata":{"atr_vid":"v-2","atr_cid":"k-2"},"client_reference_id":"atr_v-1"}""", "visitorId", "\"v-2\"")]
    [InlineData("""{"metadata":{"atr_cid":"k-2"}}""", "clickId", "\"k-2\"")]
    public void Stripe_sessions_map_to_events(string session, string member, string expected) =>
        MembersOf(Map(TestShop.Stripe, PublishedPayloads.StripeSession(JsonNode.Parse(session)!.AsObject()))[0], member).ShouldBe($"[{expected}]");

    [Fact]
    public void Stripe_refunds_and_lost_disputes_name_the_payment()
    {
        Text(Map(TestShop.Stripe, PublishedPayloads.StripeEvent("refund.created", "refund", new JsonObject { ["payment_intent"] = "pi_1" })).Single()).ShouldBe(
            """{"type":"refund","id":"refund:re_1Pgc72B7WZ01zgkWqPvrRrPE","occurredAt":"2009-02-13T23:31:30+00:00","orderId":"shop:pi_1","refundId":"re_1Pgc72B7WZ01zgkWqPvrRrPE","kind":"refund","currency":"USD","amount":"1.00","stateAt":"2026-03-03T10:00:00+00:00","basis":"total"}""");
        Text(Map(TestShop.Stripe, PublishedPayloads.StripeEvent("charge.dispute.closed", "dispute", new JsonObject { ["payment_intent"] = "pi_1", ["status"] = "lost" })).Single()).ShouldBe(
            """{"type":"refund","id":"dispute:dp_1Pgc71B7WZ01zgkWMevJiAUx:lost:1772532000","occurredAt":"2026-03-03T10:00:00+00:00","orderId":"shop:pi_1","refundId":"dp_1Pgc71B7WZ01zgkWMevJiAUx","kind":"chargeback","currency":"USD","amount":"10.00","stateAt":"2026-03-03T10:00:00+00:00","basis":"total"}""");
    }

    /// <summary>Nothing is ignored silently: a delivery without an event has a reason.</summary>
    [Theory]
    [InlineData("shopify", "orders/edited", "{}", RejectionReason.TopicUnknown, "")]
    [InlineData("shopify", "products/update", "{}", RejectionReason.TopicUnknown, "")]
    [InlineData("shopify", "orders/paid", """{"test":true}""", RejectionReason.NotCounted, "/test")]
    [InlineData("shopify", "orders/paid", """{"financial_status":"unheard_of"}""", RejectionReason.NotCounted, "/financial_status")]
    [InlineData("shopify", "orders/paid", """{"line_items":[{"gift_card":true,"price":"50.00","quantity":1}]}""", RejectionReason.NotCounted, "/line_items")]
    [InlineData("shopify", "orders/paid", """{"id":null}""", RejectionReason.MemberMissing, "/id")]
    [InlineData("shopify", "orders/paid", """{"line_items":[{"price":"dear"}]}""", RejectionReason.MemberWrongType, "/line_items/0/price")]
    [InlineData("shopify", "orders/paid", """{"line_items":{}}""", RejectionReason.MemberWrongType, "/line_items")]
    [InlineData("shopify", "orders/paid", """{"processed_at":"yesterday"}""", RejectionReason.TimeInvalid, "/processed_at")]
    [InlineData("woocommerce", "order.updated", """{"status":null}""", RejectionReason.MemberMissing, "/status")]
    [InlineData("woocommerce", "order.deleted", """{"id":null}""", RejectionReason.MemberMissing, "/id")]
    [InlineData("woocommerce", "customer.created", "{}", RejectionReason.TopicUnknown, "")]
    [InlineData("stripe", "", """{"livemode":false}""", RejectionReason.NotCounted, "/livemode")]
    [InlineData("stripe", "", """{"type":"invoice.created"}""", RejectionReason.TopicUnknown, "/type")]
    [InlineData("stripe", "", """{"type":"charge.refunded","data":{"object":{"refunds":null}}}""", RejectionReason.TopicUnknown, "/data/object/refunds")]
    [InlineData("generic", "", "[]", RejectionReason.NotCounted, "")]
    [InlineData("generic", "", "{", RejectionReason.Malformed, "")]
    public void Unmapped_payload_names_its_reason(string vendor, string topic, string change, RejectionReason reason, string pointer)
    {
        var body = vendor switch
        {
            "shopify" => PublishedPayloads.ShopifyOrder.With(JsonNode.Parse(change)!.AsObject()).Bytes(),
            "woocommerce" => PublishedPayloads.WooCommerceOrder.With(JsonNode.Parse(change)!.AsObject()).Bytes(),
            "stripe" => PublishedPayloads.StripeSession().With(JsonNode.Parse(change)!.AsObject()).Bytes(),
            _ => System.Text.Encoding.UTF8.GetBytes(change),
        };
        var fault = Should.Throw<UnmappableDeliveryException>(() => Map(TestShop.All.Single(one => one.Vendor == vendor), body, topic)).Fault;
        (fault.Reason, fault.Pointer).ShouldBe((reason, pointer), fault.Detail);
    }

    [Fact]
    public void Shopify_refund_of_shipping_only_refunds_no_goods() =>
        Should.Throw<UnmappableDeliveryException>(() => Map(TestShop.Shopify, PublishedPayloads.ShopifyRefundOfShipping.With(new JsonObject { ["transactions"] = new JsonArray() }), "refunds/create"))
            .Fault.Reason.ShouldBe(RejectionReason.NotCounted);

    /// <summary>The stored payload identifies nobody, and maps to the same events except for the customer.</summary>
    [Fact]
    public void Stored_payload_is_equivalent_and_contains_no_personal_data()
    {
        var order = PublishedPayloads.ShopifyRefundedOrder.With(new JsonObject
        {
            ["landing_site"] = "/?email=bob@mail.example.com&atr_cid=k-2", ["note_attributes"] = JsonNode.Parse("""[{"name":"atr_vid","value":"v-1"},{"name":"for","value":"my wife Jane"}]"""),
        });
        var woo = PublishedPayloads.WooCommerceRefundedOrder.With(new JsonObject { ["meta_data"] = JsonNode.Parse("""[{"key":"_wc_order_attribution_session_entry","value":"https://shop.example/?atr_cid=k&email=a@b.example"}]""") });
        Alike(TestShop.Shopify, order, "orders/updated");
        Alike(TestShop.Shopify, PublishedPayloads.ShopifyRefund, "refunds/create");
        Alike(TestShop.WooCommerce, woo, "order.updated");
        Alike(TestShop.Stripe, PublishedPayloads.StripeSession(new JsonObject { ["client_reference_id"] = "atr_v-1", ["customer"] = new JsonObject { ["id"] = "cus_1", ["email"] = "a@b.example" } }), "");

        static void Alike(TestShop shop, JsonObject payload, string topic)
        {
            var kept = JsonNode.Parse(Vendors.Find(shop.Vendor)!.RedactPayload(Delivery(shop, payload.Bytes(), topic)))!;
            kept["webhook"]!.GetValue<string>().ShouldBe(shop.Vendor);
            Map(shop, kept["payload"]!.Bytes(), topic).Select(Anonymize).ShouldBe(Map(shop, payload, topic).Select(Anonymize));
            var text = kept.ToJsonString();
            kept["payload"]!["customer_id"].ShouldBeNull();
            kept["payload"]!["customer"]?["id"].ShouldBeNull();
            foreach (var said in (string[])["@", "Bob", "Jane", "Norman", "Chestnut", "address", "phone", "Doe", "Market", "Jenny"]) text.ShouldNotContain(said);
        }
    }

    /// <summary>Returns the event without its customer.</summary>
    private static string Anonymize(MappedEvent mapped)
    {
        var json = JsonNode.Parse(mapped.ToJson())!.AsObject();
        // The id's digest covers the customer too.
        json.Remove("customerKey");
        if (json.ContainsKey("stateAt")) json.Remove("id");
        return json.ToJsonString();
    }

    private static string Order(TestShop shop, JsonObject payload) => Text(Map(shop, payload).ShouldHaveSingleItem());

    private static IReadOnlyList<MappedEvent> Map(TestShop shop, JsonObject payload, string? topic = null) => Map(shop, payload.Bytes(), topic ?? (shop.Vendor == "shopify" ? "orders/paid" : "order.updated"));

    private static IReadOnlyList<MappedEvent> Map(TestShop shop, byte[] body, string topic) => Vendors.Find(shop.Vendor)!.Map(Delivery(shop, body, topic));

    private static WebhookDelivery Delivery(TestShop shop, byte[] body, string topic) =>
        new(shop.Source, new HeaderDictionary { ["X-Shopify-Topic"] = topic, ["X-WC-Webhook-Topic"] = topic }, body);

    /// <summary>Returns the event as JSON, without the digest at the end of a state's id.</summary>
    private static string Text(MappedEvent mapped)
    {
        var json = JsonNode.Parse(mapped.ToJson())!;
        if ((string)json["id"]! is var id && id.Length > 13 && id[^13] == ':') json["id"] = id[..^12] + "…";
        return json.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    private static string MembersOf(MappedEvent mapped, params string[] members)
    {
        var json = JsonNode.Parse(mapped.ToJson())!;
        return new JsonArray([.. members.Select(member => json[member]?.DeepClone())]).ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
