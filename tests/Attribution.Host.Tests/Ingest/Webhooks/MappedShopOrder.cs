using System.Text;
using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Host.Ingest;
using Attribution.Host.Ingest.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Tests.Ingest.Webhooks;

/// <summary>The events of one delivery, read back from their JSON.</summary>
internal sealed record MappedShopOrder(IReadOnlyList<JsonObject> Events, IReadOnlyList<MappedEvent> Mapped)
{
    private static readonly EventContext Context =
        new("shop", "default", new(2026, 11, 25, 0, 0, 0, TimeSpan.Zero), EventContext.DefaultHorizon);

    private static readonly WebhookVendors Vendors = new(Options.Create(new IngestOptions()));

    /// <summary>Gets the order; null when the delivery states none.</summary>
    public JsonObject? Order => Events.SingleOrDefault(one => (string?)one["type"] == "conversion");

    public decimal Gross => Amount(Order, "gross");

    public decimal Discount => Amount(Order, "discount");

    /// <summary>Gets the refunded goods, as far as the order has any left.</summary>
    public decimal Refunds => Math.Min(
        Gross - Discount, Events.Where(one => (string?)one["type"] == "refund" && (string?)one["kind"] == "refund").Sum(one => Amount(one, "amount")));

    public bool IsCanceled => Events.Any(one => (string?)one["kind"] == "cancel" && one["void"] is null);

    public decimal Net => IsCanceled ? 0 : Gross - Discount - Refunds;

    public IReadOnlyList<string> Codes => [.. Order!["codes"]!.AsArray().Select(code => (string)code!)];

    /// <summary>Gets the lines of the order: id, product, quantity, goods and discount.</summary>
    public IReadOnlyList<string> Lines =>
        [.. Order!["lines"]!.AsArray().Select(line => $"{line!["id"]} {line["product"]} {line["quantity"]} {line["goods"]} {line["discount"]}")];

    /// <summary>Gets the lines of the refunds: id, product and amount.</summary>
    public IReadOnlyList<string> RefundLines =>
        [.. Events.Where(one => (string?)one["type"] == "refund").SelectMany(one => one["lines"]?.AsArray() ?? [])
            .Select(line => $"{line!["id"]} {line["product"]} {line["amount"]}")];

    /// <summary>Gets the lines that are left out when the events are read, since they do not add up.</summary>
    public IReadOnlyList<EventFault> UnusedLines =>
        [.. Mapped.Where(one => one.Fault is null).SelectMany(one => EventReader.ReadStrict(one.ToJson(), Context).LeftOut ?? [])];

    public static WebhookDelivery Delivery(string topic, byte[] body, string? triggeredAt = null)
    {
        var headers = new HeaderDictionary { ["X-Shopify-Topic"] = topic, ["X-WC-Webhook-Topic"] = topic };
        if (triggeredAt is not null) headers["X-Shopify-Triggered-At"] = triggeredAt;
        return new("shop", headers, body);
    }

    public static MappedShopOrder From(string vendor, string topic, JsonNode payload, string? triggeredAt = null) =>
        From(vendor, topic, payload.ToJsonString(), triggeredAt);

    public static MappedShopOrder From(string vendor, string topic, string payload, string? triggeredAt = null, string? receivedAt = null)
    {
        var mapped = Vendors.Find(vendor)!.Map(Delivery(topic, Encoding.UTF8.GetBytes(payload), triggeredAt) with
        {
            ReceivedAt = receivedAt is null ? null : DateTimeOffset.Parse(receivedAt, CultureInfo.InvariantCulture),
        });
        return new([.. mapped.Where(one => one.Fault is null).Select(one => JsonNode.Parse(one.ToJson())!.AsObject())], mapped);
    }

    public static RejectionReason? FaultOf(string vendor, string topic, JsonNode payload) =>
        Should.Throw<UnmappableDeliveryException>(() => From(vendor, topic, payload)).Fault.Reason;

    private static decimal Amount(JsonObject? one, string member) =>
        one?[member] is { } text ? decimal.Parse((string)text!, CultureInfo.InvariantCulture) : 0;
}

/// <summary>Small orders of which a test states only the difference.</summary>
internal static class SampleOrders
{
    /// <summary>A paid Shopify order of one line of 100.00 with the code MIA10.</summary>
    public static JsonObject Shopify(string changes = "{}", int id = 1001) => Parse(
        """
        {"test":false,"financial_status":"paid","currency":"USD","taxes_included":false,"created_at":"2026-11-20T10:00:00+00:00","processed_at":"2026-11-20T10:00:00+00:00",
         "updated_at":"2026-11-20T10:00:05+00:00","discount_codes":[{"code":"MIA10"}],"refunds":[],"customer":null,"note_attributes":[],
         "line_items":[{"id":1,"price":"100.00","quantity":1,"gift_card":false,"tax_lines":[],"discount_allocations":[]}]}
        """).With(new JsonObject { ["id"] = id }).With(Parse(changes));

    /// <summary>A paid WooCommerce order of one line of 100.00 with the coupon mia10.</summary>
    public static JsonObject WooCommerce(string changes = "{}", int id = 1001) => Parse(
        """
        {"status":"processing","currency":"USD","date_created_gmt":"2026-11-20T10:00:00","date_modified_gmt":"2026-11-20T10:01:00","date_paid_gmt":"2026-11-20T10:01:00",
         "total":"100.00","total_tax":"0.00","shipping_total":"0.00","customer_id":0,"created_via":"checkout","meta_data":[],"fee_lines":[],"coupon_lines":[{"code":"mia10"}],
         "refunds":[],"line_items":[{"id":1,"quantity":1,"subtotal":"100.00","total":"100.00"}]}
        """).With(new JsonObject { ["id"] = id }).With(Parse(changes));

    public static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
