using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Attribution.Host.Ingest.Webhooks;

/// <summary>HMAC-SHA256 over what a vendor signs: a prefix of its own making, then the body as it came.</summary>
internal static class WebhookSignature
{
    /// <summary>Most signatures of one delivery that are looked at; the rest are passed over.</summary>
    public const int MaxDigests = 16;

    /// <summary>Whether one of the digests claimed is the right one. Takes as long whichever it is, and where none is.</summary>
    public static bool IsValid(ReadOnlySpan<byte> key, SignatureClaim claim, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes(claim.Prefix));
        hmac.AppendData(body);
        Span<byte> right = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hmac.GetHashAndReset(right);
        var holds = false;
        foreach (var digest in claim.Digests.Take(MaxDigests))
            holds |= CryptographicOperations.FixedTimeEquals(right, digest);
        return holds;
    }

    /// <summary>The one value of a header.</summary>
    /// <exception cref="SignatureRejectedException">It is missing, empty or there twice.</exception>
    public static string RequireHeader(IHeaderDictionary headers, string name) =>
        headers[name] is [{ Length: > 0 } only] ? only
            : throw new SignatureRejectedException("signature_missing", $"The header {name} is missing: only what the shop signed is taken.");

    /// <summary>A digest in base64.</summary>
    /// <exception cref="SignatureRejectedException">The text is none.</exception>
    public static byte[] RequireBase64(string name, string text) => DecodeBase64(text) ??
        throw new SignatureRejectedException("signature_malformed", $"The header {name} holds no base64.");

    /// <summary>Bytes in base64, padded or not; null where the text is none.</summary>
    public static byte[]? DecodeBase64(string text)
    {
        var padded = text.PadRight((text.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64String(padded, bytes, out var length) ? bytes[..length] : null;
    }

    /// <summary>Seconds since 1970, as they were signed.</summary>
    /// <exception cref="SignatureRejectedException">The text is no such number.</exception>
    public static DateTimeOffset RequireUnixTime(string name, string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw new SignatureRejectedException("signature_malformed", $"The time in {name} is no number of seconds since 1970.");
}

/// <summary>What a delivery's headers claim.</summary>
/// <param name="Prefix">What was signed before the body.</param>
/// <param name="Digests">The signatures, of which one must be right.</param>
/// <param name="SignedAt">When it was signed, where the signature covers that; null where it does not.</param>
internal readonly record struct SignatureClaim(string Prefix, IReadOnlyList<byte[]> Digests, DateTimeOffset? SignedAt = null);

/// <summary>A delivery is not proven to be the shop's, or not of now: nothing of it is taken or kept. Answered 401.</summary>
internal sealed class SignatureRejectedException(string reason, string detail) : Exception(detail)
{
    /// <summary>The word in <c>errors[].reason</c>.</summary>
    public string Reason { get; } = reason;
}
