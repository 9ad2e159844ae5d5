using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Webhooks.Shopify;

/// <summary>
/// Shopify: the header <c>X-Shopify-Hmac-Sha256</c> has the body's HMAC in base64, and <c>X-Shopify-Topic</c> the
/// topic.
/// </summary>
internal sealed class ShopifyVendor : IWebhookVendor
{
    private const string Header = "X-Shopify-Hmac-Sha256";

    public string Name => "shopify";

    public byte[]? DecodeSecret(string secret) => System.Text.Encoding.UTF8.GetBytes(secret);

    public SignatureClaim ReadSignature(IHeaderDictionary headers) =>
        new("", [WebhookSignature.RequireBase64(Header, WebhookSignature.RequireHeader(headers, Header))]);

    public IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery) => delivery.Headers["X-Shopify-Topic"].ToString() switch
    {
        "orders/create" or "orders/paid" or "orders/updated" or "orders/cancelled" or "orders/fulfilled" or "orders/partially_fulfilled" =>
            ShopifyOrder.Map(delivery, WebhookPayload.Parse(delivery.Body)),
        "orders/delete" => ShopifyOrder.MapDeleted(delivery, WebhookPayload.Parse(delivery.Body)),
        "refunds/create" => [ShopifyRefund.MapStandalone(delivery, WebhookPayload.Parse(delivery.Body))],
        "orders/edited" =>
            throw UnsupportedTopic(
                "orders/edited contains the changes without prices: subscribe to orders/updated, which contains the edited order."),
        var topic =>
            throw UnsupportedTopic(
                $"The topic '{topic}' is not supported; subscribe to orders/paid, orders/updated, orders/cancelled, orders/delete and refunds/create."),
    };

    public byte[] RedactPayload(WebhookDelivery delivery) =>
        PayloadRedactor.Redact(Name, delivery.Headers["X-Shopify-Topic"].ToString(), delivery.Body);

    private static UnmappableDeliveryException UnsupportedTopic(string detail) =>
        new(new EventFault(RejectionReason.TopicUnknown, "", detail));
}
