using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Tests.Fixtures;
using Attribution.Host.Tests.Ingest.Webhooks.Agentic;
using Attribution.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Attribution.Host.Tests.Ingest.Webhooks;

/// <summary>Deliveries over HTTP: accepted, stored and rejected ones.</summary>
public sealed class WebhookEndpointTests : IAsyncLifetime
{
    private IngestHost host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static JsonObject Order => PublishedPayloads.ShopifyOrder.With(new JsonObject { ["processed_at"] = TestEvents.Now });

    public async ValueTask InitializeAsync()
    {
        host = await IngestHost.StartAsync();
        await host.Store.Catalog.AddAsync("glow");
        foreach (var shop in TestShop.All) await shop.AddAsync(host.Services, shop.Vendor, "glow");
    }

    [Fact]
    public async Task Order_arrives_under_its_shop_and_brand()
    {
        var (status, answer) = await PostAsync(TestShop.Shopify, Order.Bytes(), "orders/paid");
        status.ShouldBe(HttpStatusCode.Accepted);
        answer.GetProperty("accepted").GetInt64().ShouldBe(1);
        await Eventually.IsTrueAsync(() => host.Recorder.Committed.Count == 1, "the order came in");
        var pack = host.Recorder.Committed.Single();
        (pack.Source, pack.BrandId).ShouldBe(("shop", "glow"));
    }

    [Fact]
    public async Task Repeated_delivery_yields_the_same_events()
    {
        var body = Order.Bytes();
        await PostAsync(TestShop.Shopify, body, "orders/paid");
        await PostAsync(TestShop.Shopify, body, "orders/updated");
        await Eventually.IsTrueAsync(() => host.Recorder.EventIds.Count == 2, "both came in");
        host.Recorder.EventIds.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Delivery_without_events_is_accepted_and_recorded_with_its_reason()
    {
        var (status, answer) = await PostAsync(TestShop.Shopify, Order.With(new JsonObject { ["test"] = true }).Bytes(), "orders/paid");
        status.ShouldBe(HttpStatusCode.Accepted);
        answer.GetProperty("results")[0].GetProperty("reason").GetString().ShouldBe("not_counted");
        await Eventually.IsTrueAsync(() => host.Recorder.Refused.Count == 1, "the rejection came in");
        var refused = host.Recorder.Refused.Single();
        (refused.Reason, refused.Pointer).ShouldBe((RejectionReason.NotCounted, "/test"));
        System.Text.Encoding.UTF8.GetString(refused.Payload).ShouldStartWith("""{"webhook":"shopify","topic":"orders/paid","payload":{"id":1073459981,""");
    }

    /// <summary>Of two states of one second, the one received later counts, however soon it follows.</summary>
    [Fact]
    public async Task Each_delivery_is_received_later_than_the_previous_one()
    {
        for (var i = 0; i < 8; i++)
            await PostAsync(TestShop.Shopify, Order.With(new JsonObject { ["total_tax"] = $"{i}.00" }).Bytes(), "orders/updated");
        await Eventually.IsTrueAsync(() => host.Recorder.EventIds.Count == 8, "all came in");
        host.Recorder.Committed.Select(pack => pack.ReceivedAt).Distinct().Count().ShouldBe(8);
    }

    [Fact]
    public async Task Order_with_an_unusable_code_is_accepted_and_the_code_noted()
    {
        var (_, answer) = await PostAsync(TestShop.Shopify, Order.With(new JsonObject { ["discount_codes"] = new JsonArray(new JsonObject { ["code"] = " " }) }).Bytes(), "orders/paid");
        (answer.GetProperty("accepted").GetInt64(), answer.GetProperty("rejected").GetInt64()).ShouldBe((1, 0));
        await Eventually.IsTrueAsync(() => host.Recorder.Refused.Count == 1, "the note came in");
        var noted = host.Recorder.Refused.Single();
        (noted.Reason, noted.Pointer, noted.EventId).ShouldBe((RejectionReason.LeftOut, "/discount_codes/0/code", "shop:1073459981"));
        System.Text.Encoding.UTF8.GetString(noted.Payload).ShouldBe("""{"webhook":"shopify","orderId":"shop:1073459981"}""");
    }

    [Fact]
    public async Task Event_rejected_by_validation_is_recorded_as_the_event()
    {
        await PostAsync(TestShop.Shopify, Order.With(new JsonObject { ["currency"] = "XXX" }).Bytes(), "orders/paid");
        await Eventually.IsTrueAsync(() => host.Recorder.Refused.Count == 1, "the rejection came in");
        var refused = host.Recorder.Refused.Single();
        (refused.Reason, refused.Pointer).ShouldBe((RejectionReason.CurrencyUnknown, "/currency"));
        JsonNode.Parse(refused.Payload)!["type"]!.GetValue<string>().ShouldBe("conversion");
    }

    /// <summary>Neither in an accepted delivery, nor in one that is rejected as a whole or in part.</summary>
    [Theory]
    [InlineData("acp", "{}")]
    [InlineData("ucp", "{}")]
    [InlineData("acp", """{"currency":"XXX"}""")]
    [InlineData("ucp", """{"order":{"id":null}}""")]
    public async Task Token_and_personal_data_of_a_claim_are_stored_nowhere(string vendor, string changes)
    {
        var delivery = AgenticDelivery.Sample(vendor).With(SampleOrders.Parse(
            """{"affiliateAttribution":{"first":{"provider":"impact.com","token":"atp_01J8","sub_id":"jane@mail.example"}},"attribution":{"ref":"jane%40mail.example"}}""")).With(SampleOrders.Parse(changes));
        await PostAsync(TestShop.All.Single(one => one.Vendor == vendor), delivery.Bytes(), "");

        await Eventually.IsTrueAsync(() => host.Recorder.Refused.Count > 0, "the rejection came in");
        var stored = host.Recorder.Events.Concat(host.Recorder.Refused.Select(refused => System.Text.Encoding.UTF8.GetString(refused.Payload) + refused.Detail)).ToList();
        stored.ShouldAllBe(text => !text.Contains("atp_01J8") && !text.Contains("jane"));
        if (changes == "{}") stored.ShouldContain(text => text.Contains("\"token\":\"ht_"));
    }

    [Theory]
    [InlineData("shopify")]
    [InlineData("woocommerce")]
    [InlineData("stripe")]
    [InlineData("acp")]
    [InlineData("ucp")]
    [InlineData("generic")]
    public async Task Tampered_body_is_rejected_and_not_stored(string vendor)
    {
        var shop = TestShop.All.Single(one => one.Vendor == vendor);
        var body = Order.Bytes();
        var headers = shop.Sign(body, "orders/paid");
        (await SendAsync(shop.Path, [.. body, (byte)' '], headers)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await SendAsync(shop.Path, body, [])).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await SendAsync(shop.Path, body, (shop with { Secret = "whsec_AAAA" }).Sign(body))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        host.Spool.Depth.ShouldBe(0);
        host.Recorder.Delivered.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("stripe", 240, true)]
    [InlineData("stripe", 360, false)]
    [InlineData("stripe", -240, true)]
    [InlineData("stripe", -360, false)]
    [InlineData("acp", 240, true)]
    [InlineData("acp", 360, false)]
    [InlineData("ucp", 240, true)]
    [InlineData("ucp", -360, false)]
    [InlineData("generic", 240, true)]
    [InlineData("generic", 360, false)]
    [InlineData("generic", -360, false)]
    public async Task Signature_is_valid_for_five_minutes(string vendor, int secondsAgo, bool holds)
    {
        var shop = TestShop.All.Single(one => one.Vendor == vendor);
        var body = vendor == "stripe" ? PublishedPayloads.StripeSession().Bytes()
            : vendor is "acp" or "ucp" ? AgenticDelivery.Sample(vendor).Bytes()
            : System.Text.Encoding.UTF8.GetBytes(TestEvents.Click("c-1"));
        var (status, answer) = await SendAsync(shop.Path, body, shop.Sign(body, "", DateTimeOffset.UtcNow.AddSeconds(-secondsAgo)));
        status.ShouldBe(holds ? HttpStatusCode.Accepted : HttpStatusCode.Unauthorized);
        if (!holds) answer.GetProperty("errors")[0].GetProperty("reason").GetString().ShouldBe("signature_stale");
    }

    /// <summary>An agentic shop signs in either way, with one secret.</summary>
    [Theory]
    [InlineData("acp")]
    [InlineData("ucp")]
    public async Task Agentic_shop_signs_by_standard_webhooks_or_as_a_merchant(string vendor)
    {
        var shop = TestShop.Ucp with { Vendor = vendor };
        await shop.AddAsync(host.Services, "both", "glow");
        var body = AgenticDelivery.Sample(vendor).Bytes();
        foreach (var scheme in new[] { TestShop.Generic, TestShop.Acp })
            (await SendAsync(shop.Path, body, (scheme with { Secret = shop.Secret }).Sign(body))).Status.ShouldBe(HttpStatusCode.Accepted, scheme.Vendor);
        await Eventually.IsTrueAsync(() => host.Recorder.EventIds.Count == 2, "both came in");
    }

    [Fact]
    public async Task Secret_rotation_loses_no_delivery()
    {
        var body = Order.Bytes();
        var next = TestShop.Shopify with { Secret = "next" };
        (await PostAsync(next, body, "orders/paid")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        await next.AddAsync(host.Services, "next", "glow");
        (await PostAsync(next, body, "orders/paid")).Status.ShouldBe(HttpStatusCode.Accepted);
        (await PostAsync(TestShop.Shopify, body, "orders/paid")).Status.ShouldBe(HttpStatusCode.Accepted);

        await host.Store.WebhookSecrets.RevokeWebhookSecretAsync("shopify", Timestamp.From(DateTimeOffset.UtcNow), Cancellation);
        await host.Services.GetRequiredService<ApiCredentialCache>().RefreshAsync(Cancellation);
        (await PostAsync(next, body, "orders/paid")).Status.ShouldBe(HttpStatusCode.Accepted);
        (await PostAsync(TestShop.Shopify, body, "orders/paid")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await host.Store.WebhookSecrets.ListWebhookSecretsAsync(Cancellation)).Single(one => one.Id == "next").LastUsedAt.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("/v1/webhooks/shopify/other", "webhook_unknown")]
    [InlineData("/v1/webhooks/shopfy/shop", "vendor_unknown")]
    public async Task Address_without_a_secret_is_not_found(string path, string reason)
    {
        var (status, answer) = await SendAsync(path, Order.Bytes(), TestShop.Shopify.Sign(Order.Bytes(), "orders/paid"));
        status.ShouldBe(HttpStatusCode.NotFound);
        answer.GetProperty("errors")[0].GetProperty("reason").GetString().ShouldBe(reason);
    }

    [Fact]
    public async Task WooCommerce_ping_is_answered_as_expected()
    {
        (await SendAsync(TestShop.WooCommerce.Path, "webhook_id=12"u8.ToArray(), [])).Status.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(TestShop.WooCommerce.Path, "webhook_id=12&status=completed"u8.ToArray(), [])).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await SendAsync(TestShop.Shopify.Path, "webhook_id=12"u8.ToArray(), [])).Status.ShouldBe(HttpStatusCode.Unauthorized);
        host.Recorder.Delivered.ShouldBeEmpty();
    }

    [Fact]
    public async Task Malformed_json_is_recorded_only_by_its_reason()
    {
        (await PostAsync(TestShop.Shopify, "<order><email>bob@mail.example.com</email></order>"u8.ToArray(), "orders/paid")).Status.ShouldBe(HttpStatusCode.Accepted);
        await Eventually.IsTrueAsync(() => host.Recorder.Refused.Count == 1, "the rejection came in");
        (host.Recorder.Refused.Single().Reason, System.Text.Encoding.UTF8.GetString(host.Recorder.Refused.Single().Payload))
            .ShouldBe((RejectionReason.Malformed, """{"webhook":"shopify","topic":"orders/paid"}"""));
    }

    [Fact]
    public async Task Body_over_the_limit_is_rejected() =>
        (await PostAsync(TestShop.Shopify, new byte[(1 << 20) + 1], "orders/paid")).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);

    [Fact]
    public async Task Generic_sender_posts_events_unchanged()
    {
        var body = System.Text.Encoding.UTF8.GetBytes($"[{TestEvents.Click("c-1")},{TestEvents.Click("c-2", ",\"novelty\":1")}]");
        var (_, answer) = await PostAsync(TestShop.Generic, body);
        (answer.GetProperty("accepted").GetInt64(), answer.GetProperty("rejected").GetInt64()).ShouldBe((1, 1));
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private Task<(HttpStatusCode Status, JsonElement Answer)> PostAsync(TestShop shop, byte[] body, string topic = "") => SendAsync(shop.Path, body, shop.Sign(body, topic));

    private async Task<(HttpStatusCode Status, JsonElement Answer)> SendAsync(string path, byte[] body, IReadOnlyList<(string Name, string Value)> headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        using var answer = await host.Client.SendAsync(request, Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        return (answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }
}
