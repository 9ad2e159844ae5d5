using System.Text;
using System.Text.Json.Nodes;
using Attribution.Host.Ingest;
using Attribution.Host.Ingest.Webhooks;
using Attribution.Host.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Tests.Ingest.Webhooks;

/// <summary>One order's life in a shop's deliveries: paid, edited, refunded (delivered separately and with the order), canceled.</summary>
public sealed class WebhookOrderingTests
{
    private static readonly WebhookVendors Vendors = new(Options.Create(new IngestOptions()));

    [Theory]
    // 647.00 less 10.00 less 391.33.
    [InlineData(false, "standing", "245.67")]
    [InlineData(true, "cancelled", "0.00")]
    public async Task Ledger_does_not_depend_on_order_repetition_or_loss_of_deliveries(bool cancelled, string status, string net)
    {
        await using var books = await PipelineHost.StartAsync("2026-03-10T00:00:00Z");
        for (var seed = 1; seed <= 20; seed++)
        {
            var random = new Random(seed);
            var deliveries = OrderLifecycle(seed, cancelled).ToList();
            // All deliveries but the last may be lost, and each may arrive twice.
            var told = deliveries.Take(deliveries.Count - 1).Where(_ => random.Next(4) != 0).Append(deliveries[^1]).ToList();
            var arriving = told.Concat(told.Where(_ => random.Next(2) == 0)).ToArray();
            random.Shuffle(arriving);
            foreach (var (topic, payload) in arriving) await books.ProcessAsync([.. Map(topic, payload)]);

            var journey = await books.GetAsync($"/v1/journeys?order=shop:{seed}");
            var order = journey["conversions"]!.AsArray().ShouldHaveSingleItem()!;
            ((string)order["status"]!, (string)order["net"]!, (string)order["occurredAt"]!).ShouldBe((status, net, "2026-03-03T09:00:00Z"), $"seed {seed}: {string.Join(", ", arriving.Select(one => one.Topic))}");
        }
    }

    private static IEnumerable<(string Topic, JsonObject Payload)> OrderLifecycle(int id, bool cancelled)
    {
        yield return ("orders/paid", Order(id, "2026-03-03T09:00:00Z", "paid"));
        yield return ("orders/updated", Edited(Order(id, "2026-03-03T10:00:00Z", "paid")));
        yield return ("refunds/create", Refund(id));
        var refunded = Edited(Order(id, "2026-03-04T12:00:00Z", "partially_refunded"));
        refunded["refunds"] = new JsonArray(Refund(id));
        yield return ("orders/updated", refunded);
        if (cancelled) yield return ("orders/cancelled", refunded.DeepClone().AsObject().With(new JsonObject { ["updated_at"] = "2026-03-05T08:00:00Z", ["cancelled_at"] = "2026-03-05T08:00:00Z", ["financial_status"] = "refunded" }));
    }

    private static JsonObject Order(int id, string updated, string status) => PublishedPayloads.ShopifyRefundedOrder.With(new JsonObject
    {
        ["id"] = id, ["processed_at"] = "2026-03-03T10:00:00+01:00", ["updated_at"] = updated, ["financial_status"] = status, ["refunds"] = new JsonArray(), ["customer"] = new JsonObject { ["id"] = id },
    });

    private static JsonObject Edited(JsonObject order)
    {
        order["line_items"]!.AsArray().Add(JsonNode.Parse("""{"price":"25.00","quantity":2}"""));
        return order;
    }

    private static JsonObject Refund(int id) => PublishedPayloads.ShopifyRefund.With(new JsonObject { ["order_id"] = id, ["processed_at"] = "2026-03-04T11:00:00Z" });

    private static IEnumerable<string> Map(string topic, JsonObject payload) =>
        Vendors.Find("shopify")!.Map(new WebhookDelivery("shop", new HeaderDictionary { ["X-Shopify-Topic"] = topic }, payload.Bytes())).Select(mapped => Encoding.UTF8.GetString(mapped.ToJson()));
}
