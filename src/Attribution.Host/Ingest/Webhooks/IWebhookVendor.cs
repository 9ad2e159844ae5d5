using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Webhooks;

/// <summary>
/// A kind of shop: how it signs what it sends, and what its payloads mean. Pure and thread-safe. What each payload becomes stands in this
/// folder's README.md.
/// </summary>
internal interface IWebhookVendor
{
    /// <summary>As it stands in the address: <c>/v1/webhooks/{name}/{source}</c>.</summary>
    string Name { get; }

    /// <summary>The bytes that a secret signs with; null where the text has not the vendor's form.</summary>
    byte[]? DecodeSecret(string secret);

    /// <summary>What the headers claim of the body.</summary>
    /// <exception cref="SignatureRejectedException">A header is missing or cannot be read.</exception>
    SignatureClaim ReadSignature(IHeaderDictionary headers);

    /// <summary>The events that a delivery is made into, each one or why it is none. At least one of either.</summary>
    /// <exception cref="UnmappableDeliveryException">The delivery as a whole means nothing here.</exception>
    /// <exception cref="OverflowException">Its amounts add up to more than there is room for.</exception>
    IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery);

    /// <summary>What is kept of a delivery from which no event was made: enough to map it again, and nothing that says who bought.</summary>
    byte[] RedactPayload(WebhookDelivery delivery);
}

/// <summary>A delivery whose signature held.</summary>
/// <param name="Source">The shop, as it stands in the address; order and customer ids begin with it.</param>
/// <param name="Headers">Its headers; only the signature's own are vouched for.</param>
/// <param name="Body">The body as it came.</param>
internal readonly record struct WebhookDelivery(string Source, IHeaderDictionary Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>An order's or customer's id, unique among the brand's shops.</summary>
    public string QualifyId(string id) => $"{Source}:{id}";
}

/// <summary>A delivery, or a part of it, from which no event can be made. Caught where it is kept as a rejection.</summary>
internal sealed class UnmappableDeliveryException(EventFault fault) : Exception(fault.Detail)
{
    /// <summary>Why, and where in the payload.</summary>
    public EventFault Fault { get; } = fault;
}
