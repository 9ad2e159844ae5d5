using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Webhooks.Shopify;

/// <summary>Shopify: base64 of the body's HMAC in <c>X-Shopify-Hmac-Sha256</c>, the topic in <c>X-Shopify-Topic</c>.</summary>
internal sealed class ShopifyVendor : IWebhookVendor
{
    private const string Header = "X-Shopify-Hmac-Sha256";

    public string Name => "shopify";

    public byte[]? DecodeSecret(string secret) => System.Text.Encoding.UTF8.GetBytes(secret);

    public SignatureClaim ReadSignature(IHeaderDictionary headers) => new("", [WebhookSignature.RequireBase64(Header, WebhookSignature.RequireHeader(headers, Header))]);

    public IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery) => delivery.Headers["X-Shopify-Topic"].ToString() switch
    {
        "orders/create" or "orders/paid" or "orders/updated" or "orders/cancelled" or "orders/fulfilled" or "orders/partially_fulfilled" =>
            ShopifyOrder.Map(delivery, WebhookPayload.Parse(delivery.Body)),
        "refunds/create" => [ShopifyRefund.MapStandalone(delivery, WebhookPayload.Parse(delivery.Body))],
        "orders/edited" => throw UnsupportedTopic("orders/edited holds what changed, without prices: subscribe to orders/updated, which holds the order as edited."),
        var topic => throw UnsupportedTopic($"The topic '{topic}' is not read; subscribe to orders/paid, orders/updated, orders/cancelled and refunds/create."),
    };

    public byte[] RedactPayload(WebhookDelivery delivery) => PayloadRedactor.Redact(Name, delivery.Headers["X-Shopify-Topic"].ToString(), delivery.Body);

    private static UnmappableDeliveryException UnsupportedTopic(string detail) => new(new EventFault(RejectionReason.TopicUnknown, "", detail));
}
