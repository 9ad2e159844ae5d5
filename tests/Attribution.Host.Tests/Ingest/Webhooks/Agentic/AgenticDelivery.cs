using System.Text.Json.Nodes;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Ingest.Webhooks.Agentic;

/// <summary>Deliveries of orders that agents bought.</summary>
internal static class AgenticDelivery
{
    /// <summary>
    /// Returns a published order as its shop forwards it, or the published checkout with what its order keeps. The
    /// examples of 2025 are moved to 2026.
    /// </summary>
    public static JsonObject Published(string protocol, string name)
    {
        var text = File.ReadAllText(TestData.Path($"agentic_orders/{protocol}/{name}.json")).Replace("2025-01-", "2026-01-", StringComparison.Ordinal);
        var published = SampleOrders.Parse(text);
        var order = (published["response"] ?? published).DeepClone().AsObject();
        var delivery = new JsonObject { ["order"] = order, ["codes"] = order["discounts"]?["codes"]?.DeepClone() ?? new JsonArray() };
        if (protocol == "acp") delivery["currency"] = "usd";
        return delivery;
    }

    /// <summary>An ACP order of two pieces at 50.00, with 8.00 tax and 5.00 shipping.</summary>
    public static JsonObject Acp(string changes = "{}") => SampleOrders.Parse(
        """
        {"currency":"usd","codes":["MIA10"],"order":{"type":"order","id":"ord_1","checkout_session_id":"cs_1","permalink_url":"https://shop.example/o/1","status":"confirmed",
         "line_items":[{"id":"li_1","title":"Lamp","quantity":{"ordered":2,"current":2,"fulfilled":0},"unit_price":5000,"subtotal":10000}],
         "totals":[{"type":"subtotal","amount":10000},{"type":"fulfillment","amount":500},{"type":"tax","amount":800},{"type":"total","amount":11300}]}}
        """).WithOrder(changes);

    /// <summary>The same order in UCP.</summary>
    public static JsonObject Ucp(string changes = "{}") => SampleOrders.Parse(
        """
        {"codes":["MIA10"],"order":{"id":"ord_1","checkout_id":"cs_1","permalink_url":"https://shop.example/o/1","currency":"USD","fulfillment":{},
         "line_items":[{"id":"li_1","item":{"id":"p_1","title":"Lamp","price":5000},"quantity":{"original":2,"total":2,"fulfilled":0},"totals":[{"type":"subtotal","amount":10000},{"type":"total","amount":10000}],"status":"processing"}],
         "totals":[{"type":"subtotal","amount":10000},{"type":"fulfillment","amount":500},{"type":"tax","amount":800},{"type":"total","amount":11300}]}}
        """).WithOrder(changes);

    /// <summary>The sample of a protocol with one adjustment; its other members are added.</summary>
    public static JsonObject WithAdjustment(string protocol, string adjustment)
    {
        var added = SampleOrders.Parse("""{"id":"adj_1","type":"refund","status":"completed","occurred_at":"2026-11-24T10:00:00Z"}""").With(SampleOrders.Parse(adjustment));
        return Sample(protocol, new JsonObject { ["adjustments"] = new JsonArray(added) }.ToJsonString());
    }

    public static JsonObject Sample(string protocol, string changes = "{}") => protocol == "acp" ? Acp(changes) : Ucp(changes);

    public static MappedShopOrder Map(string protocol, JsonNode delivery) =>
        MappedShopOrder.From(protocol, "", delivery.ToJsonString(), receivedAt: "2026-11-25T00:00:00Z");

    private static JsonObject WithOrder(this JsonObject delivery, string changes)
    {
        delivery["order"] = delivery["order"]!.DeepClone().AsObject().With(SampleOrders.Parse(changes));
        return delivery;
    }
}
