using System.Security.Cryptography;
using System.Text;

namespace Attribution.Host.Ingest.Webhooks.Agentic;

/// <summary>
/// A shop that forwards the orders it completed for agents: the protocol's order, together with what that does not
/// contain. Signed by Standard Webhooks, or as the Agentic Commerce Protocol signs, with the header
/// <c>Merchant-Signature</c> and the text of the secret as key.
/// </summary>
internal sealed class AgenticVendor(AgenticProtocol protocol) : IWebhookVendor
{
    private const string MerchantHeader = "Merchant-Signature";

    // Headers that a sender repeats together with the body when it delivers again.
    private static readonly string[] MessageHeaders = ["webhook-id", "svix-id", MerchantHeader];

    private const int KeyBytes = 12;

    public string Name => protocol == AgenticProtocol.Acp ? "acp" : "ucp";

    public byte[]? DecodeSecret(string secret) =>
        SignatureSchemes.DecodeStandardSecret(secret) ?? Encoding.UTF8.GetBytes(secret);

    public SignatureClaim ReadSignature(IHeaderDictionary headers) =>
        headers.ContainsKey(MerchantHeader) && !headers.ContainsKey("webhook-signature") && !headers.ContainsKey("svix-signature")
            ? SignatureSchemes.ReadTimed(headers, MerchantHeader) with { HasTextKey = true }
            : SignatureSchemes.ReadStandard(headers);

    public IReadOnlyList<MappedEvent> Map(WebhookDelivery delivery) =>
        AgenticOrder.Map(protocol, delivery, CreateKey(delivery)).ToEvents();

    public byte[] RedactPayload(WebhookDelivery delivery) => PayloadRedactor.Redact(Name, "", delivery.Body);

    /// <summary>
    /// Returns what a repeated delivery has in common with the first one and with no other: the message's id and the body.
    /// </summary>
    private static string CreateKey(WebhookDelivery delivery)
    {
        var message = string.Join('\n', MessageHeaders.Select(header => delivery.Headers[header].ToString()));
        return Convert.ToHexStringLower(
            SHA256.HashData((byte[])[.. Encoding.UTF8.GetBytes(message), .. delivery.Body.Span]).AsSpan(0, KeyBytes));
    }
}
