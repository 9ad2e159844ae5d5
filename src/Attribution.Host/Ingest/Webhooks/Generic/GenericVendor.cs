using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Webhooks.Generic;

/// <summary>
/// Any sender of Standard Webhooks (standardwebhooks.com), also under Svix's names. The body is an event or an array of
/// events, as for <c>/v1/events</c>.
/// </summary>
internal sealed class GenericVendor(int maxEvents) : IWebhookVendor
{
    public string Name => "generic";

    public byte[]? DecodeSecret(string secret) => SignatureSchemes.DecodeStandardSecret(secret);

    public SignatureClaim ReadSignature(IHeaderDictionary headers) => SignatureSchemes.ReadStandard(headers);

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
