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

    private const int MaxErrorLength = 200;

    public string Name => "woocommerce";

    public byte[]? DecodeSecret(string secret) => System.Text.Encoding.UTF8.GetBytes(secret);

    public SignatureClaim ReadSignature(IHeaderDictionary headers) =>
        new("", [WebhookSignature.RequireBase64(Header, WebhookSignature.RequireHeader(headers, Header))]);

    public IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery) => delivery.Headers["X-WC-Webhook-Topic"].ToString() switch
    {
        "order.created" or "order.updated" => WooCommerceOrder.Map(delivery, ParseOrder(delivery)),
        "order.restored" => WooCommerceOrder.Map(delivery, ParseOrder(delivery), isRestored: true),
        "subscription.created" or "subscription.updated" or "subscription.switched" => WooCommerceOrder.MapSubscription(delivery, ParseOrder(delivery)),
        "order.deleted" => WooCommerceOrder.MapDeleted(delivery, ParseOrder(delivery)),
        var topic => throw new UnmappableDeliveryException(new EventFault(
            RejectionReason.TopicUnknown, "",
            $"The topic '{topic}' is not supported; choose order.created and order.updated, which contain refunds too, "
                + "and order.deleted and order.restored.")),
    };

    public byte[] RedactPayload(WebhookDelivery delivery) =>
        PayloadRedactor.Redact(Name, delivery.Headers["X-WC-Webhook-Topic"].ToString(), delivery.Body);

    /// <summary>
    /// Parses an order. In its place WooCommerce signs and sends its own error when it cannot build the order.
    /// </summary>
    private static WebhookPayload ParseOrder(WebhookDelivery delivery)
    {
        var payload = WebhookPayload.Parse(delivery.Body);
        if (payload.Has("id") || !payload.Has("code") || !payload.Has("message")) return payload;
        var (code, message) = (payload.ReadableText("code", []) ?? "", payload.ReadableText("message", []) ?? "");
        var remedy = code == "rest_no_route"
            ? "It built the delivery before its REST API was loaded: let it deliver webhooks in the background, which is the default "
                + "(the filter woocommerce_webhook_deliver_async returns true), and then save the order again."
            : "Save the order again, unless it was deleted.";
        throw payload.Unmappable(
            RejectionReason.MemberMissing, "id", $"is missing: WooCommerce sent an error instead of the order, {Cut(code)}: {Cut(message)} {remedy}");
    }

    private static string Cut(string text) => text.Length > MaxErrorLength ? text[..MaxErrorLength] + "…" : text;

    /// <summary>
    /// Returns whether a request is the unsigned ping that WooCommerce sends when a webhook is saved. It expects 200.
    /// </summary>
    public static bool IsPing(IHeaderDictionary headers, ReadOnlySpan<byte> body) =>
        !headers.ContainsKey(Header) && body.Length is > 11 and < 32 && body.StartsWith("webhook_id="u8)
        && !body[11..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
