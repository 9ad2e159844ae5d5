using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Webhooks;

/// <summary>
/// A vendor of shop software: verifies its signatures and maps its payloads. Pure and thread-safe.
/// <c>docs/reference/webhooks.md</c> lists the events that each payload becomes.
/// </summary>
internal interface IWebhookVendor
{
    /// <summary>Gets the name in the address: <c>/v1/webhooks/{name}/{source}</c>.</summary>
    string Name { get; }

    /// <summary>Returns the bytes of a secret; null when the text does not have the vendor's format.</summary>
    byte[]? DecodeSecret(string secret);

    /// <summary>Reads the signatures in the headers.</summary>
    /// <exception cref="SignatureRejectedException">A header is missing or malformed.</exception>
    SignatureClaim ReadSignature(IHeaderDictionary headers);

    /// <summary>
    /// Maps a delivery to events and rejections. Empty for a state that reports nothing, such as an order that is not
    /// paid yet: a later delivery reports it, or nothing does.
    /// </summary>
    /// <exception cref="UnmappableDeliveryException">The delivery as a whole cannot be mapped.</exception>
    /// <exception cref="OverflowException">The sum of its amounts is out of range.</exception>
    IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery);

    /// <summary>
    /// Returns the stored form of a delivery without an event: it can be mapped again and does not identify the buyer.
    /// </summary>
    byte[] RedactPayload(WebhookDelivery delivery);
}

/// <summary>A delivery of a shop.</summary>
/// <param name="Source">The shop, as named in the address; order and customer ids begin with it.</param>
/// <param name="Headers">Its headers. The signature covers only its own.</param>
/// <param name="Body">The body as received.</param>
internal readonly record struct WebhookDelivery(string Source, IHeaderDictionary Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>Gets the time of receipt; null when the delivery is mapped without one.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>Returns an order's or customer's id that is unique among the brand's shops.</summary>
    public string QualifyId(string id) => $"{Source}:{id}";
}

/// <summary>A delivery or a part of it cannot be mapped to an event. It is stored as a rejection.</summary>
internal sealed class UnmappableDeliveryException(EventFault fault) : Exception(fault.Detail)
{
    /// <summary>Gets the reason, with a pointer into the payload.</summary>
    public EventFault Fault { get; } = fault;
}
