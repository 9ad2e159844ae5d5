using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Webhooks.Generic;

/// <summary>
/// Any sender that signs as Standard Webhooks says (standardwebhooks.com): <c>webhook-id</c>, <c>webhook-timestamp</c> and <c>webhook-signature</c>, with
/// a secret <c>whsec_</c> and base64. The body is an event or an array of them, as at <c>/v1/events</c>.
/// </summary>
internal sealed class GenericVendor(int maxEvents) : IWebhookVendor
{
    private const string SecretPrefix = "whsec_";

    public string Name => "generic";

    public byte[]? DecodeSecret(string secret) =>
        WebhookSignature.DecodeBase64(secret.StartsWith(SecretPrefix, StringComparison.Ordinal) ? secret[SecretPrefix.Length..] : secret) is { Length: > 0 } key ? key : null;

    public SignatureClaim ReadSignature(IHeaderDictionary headers)
    {
        var (id, time) = (WebhookSignature.RequireHeader(headers, "webhook-id"), WebhookSignature.RequireHeader(headers, "webhook-timestamp"));
        var digests = WebhookSignature.RequireHeader(headers, "webhook-signature").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(one => one.StartsWith("v1,", StringComparison.Ordinal)).Select(one => WebhookSignature.DecodeBase64(one[3..])).OfType<byte[]>().ToList();
        if (digests.Count == 0) throw new SignatureRejectedException("signature_malformed", "The header webhook-signature must hold v1,<base64>.");
        return new($"{id}.{time}.", digests, WebhookSignature.RequireUnixTime("webhook-timestamp", time));
    }

    public IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery)
    {
        try
        {
            var events = EventSplitter.Split(delivery.Body.Span, maxEvents, out _);
            return events.Count == 0
                ? throw new UnmappableDeliveryException(new EventFault(RejectionReason.NotCounted, "", "The array is empty."))
                : [.. events.Select(one => new MappedEvent(delivery.Body[one].ToArray(), null, null))];
        }
        catch (RequestRejectedException e) when (e.Status == StatusCodes.Status400BadRequest)
        {
            throw new UnmappableDeliveryException(new EventFault(RejectionReason.Malformed, "", e.Message));
        }
    }

    public byte[] RedactPayload(WebhookDelivery delivery) => delivery.Body.ToArray();
}
