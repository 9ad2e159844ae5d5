using System.Net;
using System.Text.Json.Nodes;
using Attribution.Host.Tests.Ingest.Webhooks;
using Attribution.Storage.Access;
using Attribution.TestKit;
using static Attribution.Host.Tests.Ingest.Imports.ShopifyExport;

namespace Attribution.Host.Tests.Ingest.Imports;

/// <summary>Imports of orders over HTTP, into a whole host.</summary>
public sealed class OrderImportEndpointTests : IAsyncLifetime
{
    private TestHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await TestHost.StartNewAsync();
        await PutAsync("creators/mia", """{"id":"mia","name":"Mia"}""");
        await PutAsync("campaigns/spring", """{"id":"spring","name":"Spring"}""");
        await PutAsync("codes/mia10", """{"id":"mia10","code":"MIA10","campaignId":"spring","creatorId":"mia"}""");
        await PutAsync(
            "agreements/mia", """
            {"id":"mia","campaignId":"spring","creatorId":"mia","validFrom":"2026-01-01","commission":{"kind":"percent_of_net","rate":"10"},"newCustomersOnly":true}
            """);
    }

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Dry_run_states_what_the_import_then_adds()
    {
        var body = string.Join('\n', WooCommerce(1, 7), WooCommerce(2, 7), WooCommerce(3, 8), WooCommerce(4, 0, "nobody"));
        var preview = (await ImportAsync("format=woocommerce-orders&source=shop&dryRun=true", body, "application/x-ndjson"))["preview"]!;
        ((long)preview["orders"]!, (string?)preview["net"], (string?)preview["commission"]).ShouldBe((4, "400.00", "20.00"));
        preview["placements"]![0]!.ToJsonString().ShouldBe("""{"campaignId":"spring","creatorId":"mia","orders":3,"net":"300.00","commission":"20.00"}""");
        preview["unattributed"]!.ToJsonString().ShouldBe("""{"orders":1,"net":"100.00"}""");
        preview["unmatchedCodes"]!.ToJsonString().ShouldBe("""[{"code":"NOBODY","orders":1}]""");
        (await GetTotalsAsync()).ShouldBe((0, "0.00", "0.00"));

        var answer = await ImportAsync("format=woocommerce-orders&source=shop", $"[{body.Replace('\n', ',')}]", "application/json");
        ((long)answer["accepted"]!, answer["preview"]).ShouldBe((4, null));
        await WaitUntilSettledAsync();
        (await GetTotalsAsync()).ShouldBe((4, "400.00", "20.00"));
    }

    [Fact]
    public async Task Shopify_export_is_imported_once_and_its_faults_are_listed()
    {
        var at = DateTimeOffset.UtcNow.AddDays(-3).ToString("yyyy-MM-dd HH:mm:ss +0000", CultureInfo.InvariantCulture);
        var table = ToTable(
            Row(("Created at", at), ("Subtotal", "90.00")), Line(("Lineitem price", "0.00")),
            Row(("Id", "1.5E+9"), ("Name", "#1002")), Row(("Id", "1003"), ("Name", "#1003"), ("Created at", "2019-11-20 11:00:00 +0100")),
            Row(("Id", "1004"), ("Name", "#1004"), ("Created at", at), ("Currency", "XXX")), Row(("Id", "1005"), ("Name", "#1005"), ("Payment Method", "Bogus")));
        for (var i = 0; i < 2; i++)
        {
            var answer = await ImportAsync("format=shopify-orders&source=shop", table, "text/csv");
            ((long)answer["orders"]!, (long)answer["accepted"]!, (long)answer["rejected"]!, (long)answer["notCounted"]!).ShouldBe((5, 1, 2, 1));
            answer["results"]!.AsArray().Select(one => $"{one!["row"]} {one["column"]} {one["order"]} {one["status"]} {one["reason"]}").ShouldBe(
            [
                "4 Id #1002 rejected member_wrong_type", "6 Currency #1004 rejected currency_unknown", "7 Payment Method #1005 not_counted not_counted",
            ]);
            ((long)answer["beyondHorizon"]!["orders"]!, (string?)answer["beyondHorizon"]!["horizon"]).ShouldBe((1, "P400D"));
            await WaitUntilSettledAsync();
        }

        (await GetTotalsAsync()).Net.ShouldBe("90.00");
        var rejections = await GetAsync("/v1/rejections");
        rejections["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Longer_horizon_takes_old_orders_until_the_brand_is_live()
    {
        var table = ToTable(Row(("Created at", "2019-11-20 11:00:00 +0100")));
        ((long)(await ImportAsync("format=shopify-orders&source=shop&horizon=P9Y", table, "text/csv"))["accepted"]!).ShouldBe(1);
        await WaitUntilSettledAsync();
        ((string?)(await GetAsync("/v1/conversions/shop:1001"))["net"]).ShouldBe("100.00");
        // A rebuild judges the stored packs by their own horizon.
        var run = (string)JsonNode.Parse(await (await host.SendAsync(HttpMethod.Post, "/v1/rebuild", "{}")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["id"]!;
        await Eventually.IsTrueAsync(async () => (string?)(await GetAsync($"/v1/rebuild/{run}"))["status"] is "done" or "failed", "the rebuild ended");
        ((string?)(await GetAsync("/v1/conversions/shop:1001"))["net"]).ShouldBe("100.00");

        using (var click = await host.SendAsync(HttpMethod.Post, "/v1/events", $$"""{"type":"click","id":"c","occurredAt":"{{DateTime.UtcNow:s}}Z","link":"x"}"""))
            click.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await WaitUntilSettledAsync();
        using var refused = await host.SendAsync(HttpMethod.Post, "/v1/orders/import?format=shopify-orders&source=shop&horizon=P9Y", table, type: "text/csv");
        (await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("has live events (clicks or visits)");
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await ImportAsync("format=shopify-orders&source=shop&horizon=P30D", table, "text/csv"))["beyondHorizon"].ShouldNotBeNull();
    }

    [Theory]
    [InlineData("format=shopify-orders&source=shop&horizon=P11Y", "text/csv", "horizon: must be a duration")]
    [InlineData("format=shopify-orders&source=shop&horizon=3Y", "text/csv", "horizon: must be a duration")]
    [InlineData("format=shopify&source=shop", "text/csv", "format: must be one of shopify-orders")]
    [InlineData("format=shopify-orders&source=Shop", "text/csv", "source: must be")]
    [InlineData("format=shopify-orders&source=shop&brand=none", "text/csv", "brand: there is no brand 'none'")]
    [InlineData("format=woocommerce-orders&source=shop", "text/csv", "takes documents of the shop's API, not CSV")]
    [InlineData("format=woocommerce-orders&source=shop", "application/json", "Document 2 is not JSON")]
    public async Task Import_that_cannot_be_read_is_refused_with_the_reason(string query, string type, string detail)
    {
        using var response = await host.SendAsync(HttpMethod.Post, "/v1/orders/import?" + query, WooCommerce(1, 0) + "\n{", type: type);
        ((int)response.StatusCode).ShouldBeInRange(400, 415);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain(detail);
    }

    [Fact]
    public async Task Import_needs_an_administrator()
    {
        var key = await host.AddKeyAsync("shop", KeyScopes.Ingest);
        await Eventually.IsTrueAsync(
            async () =>
            {
                using var response = await host.SendAsync(HttpMethod.Post, "/v1/orders/import?format=stripe-events&source=shop", "{}", key.Text);
                return response.StatusCode == HttpStatusCode.Forbidden;
            },
            "the key is known and has too little scope");
    }

    private static string WooCommerce(int id, int customer, string code = "mia10")
    {
        var at = DateTime.UtcNow.AddDays(-10).AddHours(id).ToString("s", CultureInfo.InvariantCulture);
        return SampleOrders.WooCommerce(id: id).With(new JsonObject
        {
            ["date_created_gmt"] = at, ["date_modified_gmt"] = at, ["date_paid_gmt"] = at, ["customer_id"] = customer,
            ["coupon_lines"] = new JsonArray(new JsonObject { ["code"] = code }),
        }).ToJsonString();
    }

    private async Task<JsonNode> ImportAsync(string query, string body, string type)
    {
        using var response = await host.SendAsync(HttpMethod.Post, "/v1/orders/import?" + query, body, type: type);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private async Task PutAsync(string path, string body)
    {
        using var response = await host.SendAsync(HttpMethod.Put, "/v1/" + path, body);
        response.IsSuccessStatusCode.ShouldBeTrue(path);
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        using var response = await host.SendAsync(HttpMethod.Get, path);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }

    private async Task<(long Orders, string Net, string Commission)> GetTotalsAsync()
    {
        var answer = await GetAsync($"/v1/rollups/daily?from={DateTime.UtcNow.AddDays(-30):yyyy-MM-dd}&to={DateTime.UtcNow:yyyy-MM-dd}");
        var commission = answer["rows"]!.AsArray().Sum(row => decimal.Parse((string)row!["cost"]!["commission"]!, CultureInfo.InvariantCulture));
        return ((long)answer["totals"]!["orders"]!, (string)answer["totals"]!["net"]!, commission.ToString("0.00", CultureInfo.InvariantCulture));
    }

    private Task WaitUntilSettledAsync() =>
        Eventually.IsTrueAsync(async () => (bool)(await GetAsync("/v1/quality"))["backlog"]!["settled"]!, "all is in the rollups");
}
