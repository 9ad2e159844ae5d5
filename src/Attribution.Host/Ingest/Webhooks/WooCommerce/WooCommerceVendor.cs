using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Webhooks.WooCommerce;

/// <summary>
/// WooCommerce: the header <c>X-WC-Webhook-Signature</c> has the body's HMAC in base64, and <c>X-WC-Webhook-Topic</c>
/// the topic.
/// </summary>
internal sealed class WooCommerceVendor : IWebhookVendor
{
    private const string Header = "X-WC-Webhook-Signature";

    public string Name => "woocommerce";

    public byte[]? DecodeSecret(string secret) => System.Text.Encoding.UTF8.GetBytes(secret);

    public SignatureClaim ReadSignature(IHeaderDictionary headers) =>
        new("", [WebhookSignature.RequireBase64(Header, WebhookSignature.RequireHeader(headers, Header))]);

    public IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery) => delivery.Headers["X-WC-Webhook-Topic"].ToString() switch
    {
        "order.created" or "order.updated" or "order.restored" =>
            WooCommerceOrder.Map(delivery, WebhookPayload.Parse(delivery.Body)),
        "order.deleted" => throw new UnmappableDeliveryException(new EventFault(
            RejectionReason.NotCounted, "", "Deleting an order does not reverse it; cancel or refund it first.")),
        var topic => throw new UnmappableDeliveryException(new EventFault(
            RejectionReason.TopicUnknown, "", $"The topic '{topic}' is not supported; choose order.created and order.updated, which contain refunds too.")),
    };

    public byte[] RedactPayload(WebhookDelivery delivery) =>
        PayloadRedactor.Redact(Name, delivery.Headers["X-WC-Webhook-Topic"].ToString(), delivery.Body);

    /// <summary>
    /// Returns whether a request is the unsigned ping that WooCommerce sends when a webhook is saved. It expects 200.
    /// </summary>
    public static bool IsPing(IHeaderDictionary headers, ReadOnlySpan<byte> body) =>
        !headers.ContainsKey(Header) && body.Length is > 11 and < 32 && body.StartsWith("webhook_id="u8)
        && !body[11..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
