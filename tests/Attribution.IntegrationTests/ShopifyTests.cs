using Attribution.TestKit;
using Attribution.TestKit.Hosts;

namespace Attribution.IntegrationTests;

public sealed class ShopifyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Documented_mapping_turns_the_Shopify_order_into_the_documented_event()
    {
        var order = JsonNode.Parse(File.ReadAllText(TestData.Path("webhooks/shopify_order_1073459981.json")))![0]!;

        var mapped = new JsonObject
        {
            ["type"] = "redemption",
            ["id"] = $"shopify:order:{order["id"]}",
            ["occurredAt"] = (string)order["processed_at"]!,
            ["orderId"] = $"shopify:{order["id"]}",
            ["codes"] = new JsonArray([.. order["discount_codes"]!.AsArray().Select(code => code!["code"]!.DeepClone())]),
            ["currency"] = (string)order["currency"]!,
            ["gross"] = (string)order["total_line_items_price"]!,
            ["discount"] = order["line_items"]!.AsArray().SelectMany(item => item!["discount_allocations"]!.AsArray())
                .Sum(allocation => decimal.Parse((string)allocation!["amount"]!, CultureInfo.InvariantCulture))
                .ToString(CultureInfo.InvariantCulture),
            ["tax"] = (string)order["total_tax"]!,
            ["shipping"] = (string)order["total_shipping_price_set"]!["shop_money"]!["amount"]!,
            ["customerKey"] = $"shopify:{order["customer"]!["id"]}",
        };

        JsonNode.DeepEquals(mapped, Event()).ShouldBeTrue(mapped.ToJsonString());
    }

    [Fact]
    public async Task Order_appears_under_the_creator_whose_code_it_used()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.ServeAsync(folder.Path, Token, DocumentedExample.Horizon);
        await host.PutAsync("creators", "jane", """{"id":"jane","name":"Jane"}""", Token);
        await host.PutAsync("creators", "john", """{"id":"john","name":"John"}""", Token);
        await host.PutAsync("campaigns", "summer", """{"id":"summer","name":"Summer"}""", Token);
        // The code is given to another creator later, which does not affect earlier orders.
        await PutCodeAsync("jane", "validTo");
        await PutCodeAsync("john", "validFrom");

        using var response = await host.PostAsync("/v1/events", "application/json", Event().ToJsonString(), Token);
        var answered = await response.Content.ReadAsStringAsync(Token);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted, answered);
        var accepted = JsonNode.Parse(
            """{"accepted":1,"rejected":0,"results":[{"index":0,"id":"shopify:order:1073459981","status":"accepted"}]}""");
        JsonNode.DeepEquals(JsonNode.Parse(answered), accepted).ShouldBeTrue(answered);
        await host.WaitUntilSettledAsync(Token);

        using var rollups = await host.GetAsync("/v1/rollups/daily?from=2025-07-01&to=2025-07-31", Token);
        var row = JsonNode.Parse(rollups.RootElement.GetRawText())!["rows"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)row["day"]!, (string)row["creatorId"]!, (int)row["orders"]!, (int)row["redemptions"]!)
            .ShouldBe(("2025-07-02", "jane", 1, 1));
        ((string)row["gross"]!, (string)row["discount"]!, (string)row["net"]!).ShouldBe(("199.00", "17.91", "181.09"));

        Task PutCodeAsync(string creator, string bound)
        {
            var code = new JsonObject
            {
                ["id"] = $"fake30-{creator}",
                ["code"] = "FAKE30",
                ["campaignId"] = "summer",
                ["creatorId"] = creator,
                [bound] = "2025-08-01T00:00:00Z",
            };
            return host.PutAsync("codes", $"fake30-{creator}", code.ToJsonString(), Token);
        }
    }

    private static JsonNode Event() =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(TestData.Repository, "schemas", "examples", "requests", "shopify-order.event.json")))!;
}
