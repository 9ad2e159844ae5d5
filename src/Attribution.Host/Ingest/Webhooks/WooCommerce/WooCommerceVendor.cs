using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Webhooks.WooCommerce;

/// <summary>WooCommerce: base64 of the body's HMAC in <c>X-WC-Webhook-Signature</c>, the topic in <c>X-WC-Webhook-Topic</c>.</summary>
internal sealed class WooCommerceVendor : IWebhookVendor
{
    private const string Header = "X-WC-Webhook-Signature";

    public string Name => "woocommerce";

    public byte[]? DecodeSecret(string secret) => System.Text.Encoding.UTF8.GetBytes(secret);

    public SignatureClaim ReadSignature(IHeaderDictionary headers) => new("", [WebhookSignature.RequireBase64(Header, WebhookSignature.RequireHeader(headers, Header))]);

    public IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery) => delivery.Headers["X-WC-Webhook-Topic"].ToString() switch
    {
        "order.created" or "order.updated" or "order.restored" => WooCommerceOrder.Map(delivery, WebhookPayload.Parse(delivery.Body)),
        "order.deleted" => throw new UnmappableDeliveryException(new EventFault(
            RejectionReason.NotCounted, "", "A deleted order is housekeeping and takes nothing back; cancel or refund it first.")),
        var topic => throw new UnmappableDeliveryException(new EventFault(
            RejectionReason.TopicUnknown, "", $"The topic '{topic}' is not read; choose order.created and order.updated, which hold refunds too.")),
    };

    public byte[] RedactPayload(WebhookDelivery delivery) => PayloadRedactor.Redact(Name, delivery.Headers["X-WC-Webhook-Topic"].ToString(), delivery.Body);

    /// <summary>
    /// Whether it is the unsigned word with which WooCommerce tries the address when a webhook is saved: it wants 200 and nothing else.
    /// </summary>
    public static bool IsPing(IHeaderDictionary headers, ReadOnlySpan<byte> body) =>
        !headers.ContainsKey(Header) && body.Length is > 11 and < 32 && body.StartsWith("webhook_id="u8) && !body[11..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
