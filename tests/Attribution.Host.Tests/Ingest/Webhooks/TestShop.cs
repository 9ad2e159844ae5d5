using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Ingest;
using Attribution.Storage.Access;
using Attribution.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Attribution.Host.Tests.Ingest.Webhooks;

/// <summary>A shop that signs as its vendor does.</summary>
internal sealed record TestShop(string Vendor, string Secret, string Source = "shop")
{
    public static readonly TestShop Shopify = new("shopify", "shpss_hush");
    public static readonly TestShop WooCommerce = new("woocommerce", "woo hush ✓");
    public static readonly TestShop Stripe = new("stripe", "whsec_hush");
    public static readonly TestShop Generic = new("generic", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    public static readonly TestShop Acp = new("acp", "merchant hush ✓");
    public static readonly TestShop Ucp = new("ucp", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    public static readonly IReadOnlyList<TestShop> All = [Shopify, WooCommerce, Stripe, Acp, Ucp, Generic];

    public string Path => $"/v1/webhooks/{Vendor}/{Source}";

    /// <summary>Returns the headers of a delivery.</summary>
    public IReadOnlyList<(string Name, string Value)> Sign(byte[] body, string topic = "", DateTimeOffset? at = null)
    {
        var seconds = (at ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return Vendor switch
        {
            "shopify" => [("X-Shopify-Topic", topic), ("X-Shopify-Hmac-Sha256", Base64(Encoding.UTF8.GetBytes(Secret), "", body)), ("X-Shopify-Webhook-Id", "d-1")],
            "woocommerce" => [("X-WC-Webhook-Topic", topic), ("X-WC-Webhook-Signature", Base64(Encoding.UTF8.GetBytes(Secret), "", body))],
            "stripe" => [("Stripe-Signature", $"t={seconds},v1={Convert.ToHexStringLower(Hmac(Encoding.UTF8.GetBytes(Secret), seconds + ".", body))},v0=aa")],
            "acp" => [("Merchant-Signature", $"t={seconds},v1={Convert.ToHexStringLower(Hmac(Encoding.UTF8.GetBytes(Secret), seconds + ".", body))}")],
            _ => [("webhook-id", "msg_1"), ("webhook-timestamp", seconds), ("webhook-signature", "v1," + Base64(Convert.FromBase64String(Secret[6..]), $"msg_1.{seconds}.", body))],
        };
    }

    /// <summary>Adds the secret to a host.</summary>
    public async Task AddAsync(IServiceProvider services, string id, string brand = "default")
    {
        var cancellation = TestContext.Current.CancellationToken;
        await services.GetRequiredService<IWebhookSecretStore>().AddWebhookSecretAsync(
            new WebhookSecretDocument { Id = id, Vendor = Vendor, Source = Source, Brand = brand, Secret = Secret, CreatedAt = new Timestamp(1) }, cancellation);
        await services.GetRequiredService<ApiCredentialCache>().RefreshAsync(cancellation);
    }

    public static byte[] Hmac(byte[] key, string prefix, byte[] body) => HMACSHA256.HashData(key, (byte[])[.. Encoding.UTF8.GetBytes(prefix), .. body]);

    private static string Base64(byte[] key, string prefix, byte[] body) => Convert.ToBase64String(Hmac(key, prefix, body));
}

/// <summary>Vendors' published payloads, and changes for tests.</summary>
internal static class PublishedPayloads
{
    /// <summary>Order 1073459981: one line of 199.00, code FAKE30, 17.91 off.</summary>
    public static JsonObject ShopifyOrder => File("shopify_order_1073459981.json").AsArray()[0]!.AsObject();

    /// <summary>Order 450789469: three lines of 199.00, code TENOFF, 10.00 off, two lines refunded.</summary>
    public static JsonObject ShopifyRefundedOrder => File("shopify_order_450789469.json").AsObject();

    public static JsonObject ShopifyRefund => File("shopify_refund_509562969.json").AsObject();

    public static JsonObject ShopifyRefundOfShipping => File("shopify_refund_of_shipping.json").AsObject();

    /// <summary>Order 723: two lines, shipping of 10.00, two refunds.</summary>
    public static JsonObject WooCommerceRefundedOrder => File("woocommerce_order_723.json").AsObject();

    /// <summary>Order 727 of a guest: two lines, tax and shipping.</summary>
    public static JsonObject WooCommerceOrder => File("woocommerce_order_727.json").AsObject();

    /// <summary>Creates a Stripe event around one of its objects. The published samples are not filled in: the relevant members follow the reference.</summary>
    public static JsonObject StripeEvent(string type, string subject, JsonObject members)
    {
        var objects = File("stripe_objects.json").AsObject();
        var stripeEvent = objects["event"]!.DeepClone().AsObject().With(new JsonObject { ["type"] = type, ["livemode"] = true, ["created"] = 1_772_532_000 });
        stripeEvent["data"] = new JsonObject { ["object"] = objects[subject]!.DeepClone().AsObject().With(members) };
        return stripeEvent;
    }

    /// <summary>Creates a session of 100.00 less 10.00 by a promotion code, plus 7.20 tax and 5.00 shipping.</summary>
    public static JsonObject StripeSession(JsonObject? members = null) => StripeEvent("checkout.session.completed", "checkout.session", new JsonObject
    {
        ["payment_status"] = "paid", ["currency"] = "usd", ["amount_subtotal"] = 10000, ["amount_total"] = 10220, ["customer"] = "cus_9f", ["livemode"] = true,
        ["total_details"] = new JsonObject { ["amount_discount"] = 1000, ["amount_tax"] = 720, ["amount_shipping"] = 500 },
        ["shipping_cost"] = new JsonObject { ["amount_tax"] = 0, ["amount_total"] = 500 },
        ["discounts"] = new JsonArray(new JsonObject { ["coupon"] = null, ["promotion_code"] = "promo_1MIA" }),
    }.With(members ?? []));

    public static JsonObject With(this JsonObject json, JsonObject members)
    {
        foreach (var (name, value) in members) json[name] = value?.DeepClone();
        return json;
    }

    public static byte[] Bytes(this JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    /// <summary>Returns a mapped event as JSON, with the customer's key as the shop sent it.</summary>
    internal static byte[] ToJson(this MappedEvent mapped) => mapped.Json ?? mapped.Typed!.Serialize(keys: null, out _);

    private static JsonNode File(string name) => JsonNode.Parse(System.IO.File.ReadAllText(TestData.Path("webhooks/" + name)))!;
}
