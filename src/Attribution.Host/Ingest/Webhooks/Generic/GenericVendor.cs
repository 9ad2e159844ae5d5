using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Webhooks.Generic;

/// <summary>
/// Any sender of Standard Webhooks (standardwebhooks.com): headers <c>webhook-id</c>, <c>webhook-timestamp</c> and
/// <c>webhook-signature</c>, or Svix's <c>svix-…</c>, and a secret <c>whsec_</c> with base64. The body is an event or an array of events, as for
/// <c>/v1/events</c>.
/// </summary>
internal sealed class GenericVendor(int maxEvents) : IWebhookVendor
{
    private const string SecretPrefix = "whsec_";

    public string Name => "generic";

    public byte[]? DecodeSecret(string secret)
    {
        var encoded = secret.StartsWith(SecretPrefix, StringComparison.Ordinal)
            ? secret[SecretPrefix.Length..] : secret;
        return WebhookSignature.DecodeBase64(encoded) is { Length: > 0 } key ? key : null;
    }

    public SignatureClaim ReadSignature(IHeaderDictionary headers)
    {
        // Svix signs alike, under names of its own.
        var prefix = headers.ContainsKey("svix-signature") && !headers.ContainsKey("webhook-signature") ? "svix" : "webhook";
        var id = WebhookSignature.RequireHeader(headers, $"{prefix}-id");
        var time = WebhookSignature.RequireHeader(headers, $"{prefix}-timestamp");
        var digests = WebhookSignature.RequireHeader(headers, $"{prefix}-signature")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(part => part.StartsWith("v1,", StringComparison.Ordinal))
            .Select(part => WebhookSignature.DecodeBase64(part[3..])).OfType<byte[]>().ToList();
        if (digests.Count == 0)
            throw new SignatureRejectedException(
                "signature_malformed", $"The header {prefix}-signature must contain v1,<base64>.");
        return new($"{id}.{time}.", digests, WebhookSignature.RequireUnixTime($"{prefix}-timestamp", time));
    }

    public IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery)
    {
        try
        {
            var events = RequestBody.SplitEvents(delivery.Body.Span, maxEvents, out _);
            return events.Count == 0
                ? throw new UnmappableDeliveryException(
                    new EventFault(RejectionReason.NotCounted, "", "The array is empty."))
                : [.. events.Select(range => MappedEvent.FromJson(delivery.Body[range].ToArray()))];
        }
        catch (RequestRejectedException e) when (e.Status == StatusCodes.Status400BadRequest)
        {
            throw new UnmappableDeliveryException(new EventFault(RejectionReason.Malformed, "", e.Message));
        }
    }

    public byte[] RedactPayload(WebhookDelivery delivery) => delivery.Body.ToArray();
}
