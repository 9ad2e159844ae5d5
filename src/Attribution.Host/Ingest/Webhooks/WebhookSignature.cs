using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Attribution.Host.Ingest.Webhooks;

/// <summary>Verifies HMAC-SHA256 signatures over a vendor-specific prefix and the body as received.</summary>
internal static class WebhookSignature
{
    /// <summary>Greatest number of signatures of one delivery that are verified; the rest are ignored.</summary>
    public const int MaxDigests = 16;

    /// <summary>
    /// Returns whether one of the claimed digests is valid. Takes the same time whichever it is, and when none is.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> key, SignatureClaim claim, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes(claim.Prefix));
        hmac.AppendData(body);
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hmac.GetHashAndReset(expected);
        var isValid = false;
        foreach (var digest in claim.Digests.Take(MaxDigests))
            isValid |= CryptographicOperations.FixedTimeEquals(expected, digest);
        return isValid;
    }

    /// <summary>Returns the single value of a header.</summary>
    /// <exception cref="SignatureRejectedException">The header is missing, empty or repeated.</exception>
    public static string RequireHeader(IHeaderDictionary headers, string name) =>
        headers[name] is [{ Length: > 0 } only] ? only
            : throw new SignatureRejectedException(
                "signature_missing", $"The header {name} is missing: only signed deliveries are accepted.");

    /// <summary>Decodes a digest in base64.</summary>
    /// <exception cref="SignatureRejectedException">The text is not base64.</exception>
    public static byte[] RequireBase64(string name, string text) => DecodeBase64(text) ??
        throw new SignatureRejectedException("signature_malformed", $"The header {name} is not base64.");

    /// <summary>Decodes base64 with or without padding. Returns null when the text is not base64.</summary>
    public static byte[]? DecodeBase64(string text)
    {
        var padded = text.PadRight((text.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64String(padded, bytes, out var length) ? bytes[..length] : null;
    }

    /// <summary>Parses a time in seconds since 1970.</summary>
    /// <exception cref="SignatureRejectedException">The text is not such a number.</exception>
    public static DateTimeOffset RequireUnixTime(string name, string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw new SignatureRejectedException(
                "signature_malformed", $"The time in {name} is not a number of seconds since 1970.");
}

/// <summary>Signatures in a delivery's headers.</summary>
/// <param name="Prefix">Text that was signed before the body.</param>
/// <param name="Digests">The signatures, of which one must be valid.</param>
/// <param name="SignedAt">Time of the signature; null when the signature does not cover it.</param>
internal readonly record struct SignatureClaim(
    string Prefix, IReadOnlyList<byte[]> Digests, DateTimeOffset? SignedAt = null)
{
    /// <summary>
    /// Gets whether the key is the text of the secret, for a vendor that has another form of secrets for other headers.
    /// </summary>
    public bool HasTextKey { get; init; }
}

/// <summary>The signature of a delivery is invalid or not recent. Nothing is stored, and the response is 401.</summary>
internal sealed class SignatureRejectedException(string reason, string detail) : Exception(detail)
{
    /// <summary>Gets the value of <c>errors[].reason</c>.</summary>
    public string Reason { get; } = reason;
}
