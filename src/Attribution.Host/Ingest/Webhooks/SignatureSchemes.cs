using System.Buffers;

namespace Attribution.Host.Ingest.Webhooks;

/// <summary>Signature headers that several vendors share.</summary>
internal static class SignatureSchemes
{
    private const string SecretPrefix = "whsec_";

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>
    /// Returns the bytes of a secret of Standard Webhooks, <c>whsec_</c> and base64; null for other texts.
    /// </summary>
    public static byte[]? DecodeStandardSecret(string secret)
    {
        var encoded = secret.StartsWith(SecretPrefix, StringComparison.Ordinal)
            ? secret[SecretPrefix.Length..] : secret;
        return WebhookSignature.DecodeBase64(encoded) is { Length: > 0 } key ? key : null;
    }

    /// <summary>
    /// Reads the signatures of Standard Webhooks (standardwebhooks.com): headers <c>webhook-id</c>,
    /// <c>webhook-timestamp</c> and <c>webhook-signature</c>. Svix signs alike, under names of its own: <c>svix-…</c>.
    /// </summary>
    /// <exception cref="SignatureRejectedException">A header is missing or malformed.</exception>
    public static SignatureClaim ReadStandard(IHeaderDictionary headers)
    {
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

    /// <summary>
    /// Reads the signatures of a header <c>t=seconds,v1=hex,…</c>, which sign the time, a dot and the body.
    /// </summary>
    /// <exception cref="SignatureRejectedException">The header is missing or malformed.</exception>
    public static SignatureClaim ReadTimed(IHeaderDictionary headers, string name)
    {
        string? time = null;
        var digests = new List<byte[]>();
        foreach (var part in WebhookSignature.RequireHeader(headers, name).Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.StartsWith("t=", StringComparison.Ordinal)) time = part[2..];
            else if (
                part.StartsWith("v1=", StringComparison.Ordinal) && part.Length == 3 + 64
                    && !part.AsSpan(3).ContainsAnyExcept(Hex))
                digests.Add(Convert.FromHexString(part.AsSpan(3)));
        }

        if (time is null || digests.Count == 0)
            throw new SignatureRejectedException(
                "signature_malformed", $"The header {name} must contain t=<seconds> and v1=<hex>.");
        return new(time + ".", digests, WebhookSignature.RequireUnixTime(name, time));
    }
}
