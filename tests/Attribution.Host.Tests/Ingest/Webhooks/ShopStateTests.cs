using System.Text.Json.Nodes;

namespace Attribution.Host.Tests.Ingest.Webhooks;

/// <summary>A shop's order is a state: what its newest delivery does not state is taken back.</summary>
public sealed class ShopStateTests
{
    private const string Refunded = """{"refunds":[{"id":77,"total":"-40.00"}],"date_modified_gmt":"2026-11-21T11:00:00"}""";
    private const string Cod = """{"date_paid_gmt":null,"payment_method":"cod"}""";

    public static TheoryData<string, string[], string?> WooCommerceLives => new()
    {
        // Counted unpaid, then canceled, failed, put on hold, back in processing.
        { "canceled unpaid", [Cod, """{"date_paid_gmt":null,"status":"cancelled","date_modified_gmt":"2026-11-21T10:00:00"}"""], "0.00" },
        { "failed unpaid", [Cod, """{"date_paid_gmt":null,"status":"failed","date_modified_gmt":"2026-11-21T10:00:00"}"""], "0.00" },
        { "held unpaid", [Cod, """{"date_paid_gmt":null,"status":"on-hold","date_modified_gmt":"2026-11-21T10:00:00"}"""], "0.00" },
        { "refused parcel", [Cod, """{"date_paid_gmt":null,"status":"rto","date_modified_gmt":"2026-11-21T10:00:00"}"""], "0.00" },
        { "unpaid, canceled, processing", [Cod, """{"date_paid_gmt":null,"status":"cancelled","date_modified_gmt":"2026-11-21T10:00:00"}""", """{"date_paid_gmt":null,"date_modified_gmt":"2026-11-21T11:00:00"}"""], "100.00" },
        { "on hold, processing", ["""{"date_paid_gmt":null,"status":"on-hold"}""", """{"date_modified_gmt":"2026-11-21T11:00:00"}"""], "100.00" },
        { "pending, canceled, late payment", ["""{"date_paid_gmt":null,"status":"pending"}""", """{"date_paid_gmt":null,"status":"cancelled","date_modified_gmt":"2026-11-20T11:00:00"}""", """{"date_modified_gmt":"2026-11-20T12:00:00"}"""], "100.00" },
        { "never paid", ["""{"date_paid_gmt":null,"status":"pending"}""", """{"date_paid_gmt":null,"status":"cancelled","date_modified_gmt":"2026-11-20T11:00:00"}"""], null },
        { "paid, failed", ["{}", """{"status":"failed","date_modified_gmt":"2026-11-21T10:00:00"}"""], "0.00" },
        { "failed at first", ["""{"status":"failed"}"""], "0.00" },
        { "failed, paid again", ["{}", """{"status":"failed","date_modified_gmt":"2026-11-21T10:00:00"}""", """{"status":"pending","date_modified_gmt":"2026-11-21T11:00:00"}"""], "0.00" },
        { "failed, paid again, paid", ["{}", """{"status":"pending","date_modified_gmt":"2026-11-21T10:00:00"}""", """{"date_modified_gmt":"2026-11-21T11:00:00"}"""], "100.00" },
        { "refunded by status without refunds", ["{}", """{"status":"refunded","date_modified_gmt":"2026-11-21T10:00:00"}"""], "0.00" },
        { "stored names of statuses", ["""{"status":"wc-processing"}""", """{"status":"wc-cancelled","date_modified_gmt":"2026-11-21T10:00:00"}"""], "0.00" },
        { "stored name of refunded", ["{}", """{"status":"wc-refunded","refunds":[{"id":7,"total":"-40.00"}],"date_modified_gmt":"2026-11-21T10:00:00"}"""], "0.00" },
        { "times with offsets", ["""{"date_created_gmt":"2026-11-20T10:00:00Z","date_modified_gmt":"2026-11-20T10:01:00Z"}""", """{"status":"cancelled","date_modified_gmt":"2026-11-20T12:00:30+02:00","date_paid_gmt":"0000-00-00 00:00:00"}"""], "100.00" },
        { "empty lists as objects", ["""{"refunds":{},"fee_lines":{}}"""], "100.00" },
        { "trashed", ["{}", """{"status":"trash","date_modified_gmt":"2026-11-21T10:00:00"}"""], "0.00" },
        { "canceled, processing", ["{}", """{"status":"cancelled","date_modified_gmt":"2026-11-21T11:00:00"}""", """{"date_modified_gmt":"2026-11-21T12:00:00"}"""], "100.00" },
        { "canceled, processing, canceled", ["{}", """{"status":"cancelled","date_modified_gmt":"2026-11-21T11:00:00"}""", """{"date_modified_gmt":"2026-11-21T12:00:00"}""", """{"status":"cancelled","date_modified_gmt":"2026-11-21T13:00:00"}"""], "0.00" },
        { "refunded", ["{}", Refunded], "60.00" },
        { "refund deleted", ["{}", Refunded, """{"refunds":[],"date_modified_gmt":"2026-11-21T12:00:00"}"""], "100.00" },
        { "refund deleted, another made", ["{}", Refunded, """{"refunds":[{"id":78,"total":"-10.00"}],"date_modified_gmt":"2026-11-21T12:00:00"}"""], "90.00" },
        { "refund shared anew", ["{}", Refunded, """{"refunds":[{"id":77,"total":"-40.00"}],"total":"200.00","shipping_total":"100.00","date_modified_gmt":"2026-11-21T12:00:00"}""", """{"refunds":[{"id":77,"total":"-40.00"}],"date_modified_gmt":"2026-11-21T13:00:00"}"""], "60.00" },
        { "refund deleted while canceled", ["{}", """{"status":"cancelled","refunds":[{"id":77,"total":"-40.00"}],"date_modified_gmt":"2026-11-21T11:00:00"}""", """{"date_modified_gmt":"2026-11-21T12:00:00"}"""], "100.00" },
    };

    public static TheoryData<string, string[], string?> ShopifyLives => new()
    {
        { "canceled", ["{}", """{"cancelled_at":"2026-11-21T10:00:00Z","financial_status":"refunded","updated_at":"2026-11-21T10:00:00Z"}"""], "0.00" },
        { "canceled and not", ["{}", """{"cancelled_at":"2026-11-21T10:00:00Z","updated_at":"2026-11-21T10:00:00Z"}""", """{"updated_at":"2026-11-21T11:00:00Z"}"""], "100.00" },
        { "voided", ["{}", """{"financial_status":"voided","updated_at":"2026-11-21T10:00:00Z"}"""], "0.00" },
        { "pending, paid", ["""{"financial_status":"pending"}""", """{"updated_at":"2026-11-21T10:00:00Z"}"""], "100.00" },
        { "never paid", ["""{"financial_status":"pending"}"""], null },
        { "paid, in capitals", ["""{"financial_status":"PAID"}"""], "100.00" },
        { "extended, not paid yet", ["{}", """{"financial_status":"partially_paid","updated_at":"2026-11-21T10:00:00Z"}"""], "100.00" },
        { "extended, canceled", ["{}", """{"financial_status":"partially_paid","cancelled_at":"2026-11-21T10:00:00Z","updated_at":"2026-11-21T10:00:00Z"}"""], "0.00" },
        { "refund undone", ["{}", """{"financial_status":"partially_refunded","updated_at":"2026-11-21T10:00:00Z","refunds":[{"id":9,"created_at":"2026-11-21T10:00:00Z","order_adjustments":[{"amount":"-30.00"}]}]}""", """{"updated_at":"2026-11-21T11:00:00Z","refunds":[{"id":9,"created_at":"2026-11-21T10:00:00Z","order_adjustments":[]}]}"""], "100.00" },
    };

    [Theory]
    [MemberData(nameof(WooCommerceLives))]
    public void Newest_state_of_a_WooCommerce_order_counts(string life, string[] states, string? net) =>
        Check(life, "woocommerce", "order.updated", [.. states.Select(state => SampleOrders.WooCommerce(state))], net);

    [Theory]
    [MemberData(nameof(ShopifyLives))]
    public void Newest_state_of_a_Shopify_order_counts(string life, string[] states, string? net) =>
        Check(life, "shopify", "orders/updated", [.. states.Select(state => SampleOrders.Shopify(state))], net);

    /// <summary>Of two states of one second, the one received later counts; a redelivery of the first changes nothing.</summary>
    [Theory]
    [InlineData("woocommerce", """{"line_items":[{"subtotal":"100.00","total":"100.00"},{"subtotal":"50.00","total":"50.00"}],"total":"150.00"}""", "150.00")]
    [InlineData("woocommerce", """{"coupon_lines":[],"line_items":[{"subtotal":"100.00","total":"90.00"}]}""", "90.00")]
    [InlineData("shopify", """{"line_items":[{"price":"100.00","quantity":1},{"price":"50.00","quantity":1}]}""", "150.00")]
    public void Both_states_of_one_second_count(string vendor, string second, string net)
    {
        var journey = new ShopJourney();
        JsonObject[] states = vendor == "shopify" ? [SampleOrders.Shopify(), SampleOrders.Shopify(second)] : [SampleOrders.WooCommerce(), SampleOrders.WooCommerce(second)];
        for (var i = 0; i < 3; i++) journey.Deliver(vendor, vendor == "shopify" ? "orders/updated" : "order.updated", states[i % 2], i);
        Text(journey).ShouldBe(net);
    }

    [Theory]
    [InlineData("2026-11-20T10:00:05.100200300Z", "2026-11-20T10:00:05.900200300Z")]
    [InlineData("2026-11-20T10:00:05.9Z", "2026-11-20T10:00:07.2Z")]
    [InlineData("2026-11-20T10:00:06.2Z", "2026-11-20T10:00:06.5Z")]
    [InlineData("2026-11-20T10:00:09Z", "2026-11-20T10:00:14Z")]
    public void Shopify_states_of_one_second_count_by_what_triggered_them(string first, string second)
    {
        var journey = new ShopJourney();
        // The second state arrives first.
        journey.Deliver("shopify", "orders/updated", SampleOrders.Shopify("""{"line_items":[{"price":"150.00","quantity":1}]}"""), 1, second);
        journey.Deliver("shopify", "orders/updated", SampleOrders.Shopify(), 2, first);
        Text(journey).ShouldBe("150.00");
    }

    [Fact]
    public void Deleted_WooCommerce_order_counts_again_when_restored()
    {
        var journey = new ShopJourney();
        journey.Deliver("woocommerce", "order.created", SampleOrders.WooCommerce(), 1);
        journey.Deliver("woocommerce", "order.deleted", SampleOrders.Parse("""{"id":1001}"""), 2);
        Text(journey).ShouldBe("0.00");
        journey.Deliver("woocommerce", "order.restored", SampleOrders.WooCommerce(), 9);
        Text(journey).ShouldBe("100.00");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("2026-11-25T00:00:01.5Z")]
    public void Deleted_Shopify_order_does_not_count(string? triggeredAt)
    {
        var journey = new ShopJourney();
        journey.Deliver("shopify", "orders/delete", SampleOrders.Parse("""{"id":1001}"""), 2, triggeredAt);
        journey.Deliver("shopify", "orders/updated", SampleOrders.Shopify(), 3);
        Text(journey).ShouldBe("0.00");
    }

    /// <summary>WooCommerce does not date refunds: later states of the order must not move them.</summary>
    [Fact]
    public void Refund_without_a_date_keeps_its_first_day()
    {
        var journey = new ShopJourney();
        journey.Deliver("woocommerce", "order.updated", SampleOrders.WooCommerce("""{"refunds":[{"id":77,"total":"-40.00"}],"status":"completed","date_modified_gmt":"2026-11-23T11:00:00"}"""), 1);
        journey.Deliver("woocommerce", "order.updated", SampleOrders.WooCommerce(Refunded), 2);
        journey.Order!.RefundDays.ShouldHaveSingleItem().ShouldBe(new(new DateOnly(2026, 11, 21), 40_00));
    }

    [Fact]
    public void Cancellation_after_a_restored_one_has_its_own_day()
    {
        var journey = new ShopJourney();
        foreach (var (day, status) in (IEnumerable<(int, string)>)[(21, "cancelled"), (22, "processing"), (23, "cancelled"), (24, "cancelled")])
            journey.Deliver("woocommerce", "order.updated", SampleOrders.WooCommerce($$"""{"status":"{{status}}","date_modified_gmt":"2026-11-{{day}}T11:00:00"}"""), day);
        journey.Order!.RefundDays.ShouldHaveSingleItem().Day.ShouldBe(new DateOnly(2026, 11, 23));
    }

    /// <summary>Events of a build without states, then the same order redelivered.</summary>
    [Fact]
    public void State_replaces_what_an_earlier_build_reported()
    {
        var journey = new ShopJourney();
        journey.Report(
            1,
            """{"type":"conversion","id":"order:1001:2026-11-20T10:01:00Z","occurredAt":"2026-11-20T10:00:00Z","kind":"order","orderId":"shop:1001","currency":"USD","gross":"120.00"}"""u8.ToArray(),
            """{"type":"refund","id":"refund:77","occurredAt":"2026-11-20T10:01:00Z","orderId":"shop:1001","refundId":"77","kind":"refund","currency":"USD","amount":"50.00"}"""u8.ToArray(),
            """{"type":"refund","id":"cancel:1001","occurredAt":"2026-11-20T10:01:00Z","orderId":"shop:1001","refundId":"cancel","kind":"cancel"}"""u8.ToArray());
        Text(journey).ShouldBe("0.00");
        journey.Deliver("woocommerce", "order.updated", SampleOrders.WooCommerce("""{"refunds":[{"id":77,"total":"-40.00"}]}"""), 2);
        Text(journey).ShouldBe("60.00");
    }

    /// <summary>The states of an order in order, then twice and in any order of arrival.</summary>
    private static void Check(string life, string vendor, string topic, List<JsonObject> states, string? net)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var arriving = (seed == 0 ? states : [.. states, .. states]).ToArray();
            if (seed > 0) new Random(seed).Shuffle(arriving);
            var journey = new ShopJourney();
            for (var i = 0; i < arriving.Length; i++) journey.Deliver(vendor, topic, arriving[i], i);
            Text(journey).ShouldBe(net, $"{life}, seed {seed}");
            journey.Waiting.ShouldBe(0, life);
        }
    }

    private static string? Text(ShopJourney journey) => journey.Net?.ToString("0.00", CultureInfo.InvariantCulture);
}
