using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Attribution.Core.Values;

/// <summary>
/// A hasher of customer keys. Only hashes under the installation's secret are stored, so that the stored data without
/// the secret does not reveal the keys. A customer key has the same hash regardless of the way in which it is received.
/// Immutable; thread-safe.
/// </summary>
public sealed class CustomerKeyHasher
{
    /// <summary>
    /// The prefix of a hashed key. Keys in this form are unchanged, so that hashing is idempotent.
    /// </summary>
    private const string Prefix = "hk_";

    /// <summary>The prefix of a hashed token.</summary>
    private const string TokenPrefix = "ht_";

    /// <summary>
    /// The size of a hash: 128 bits, encoded in base64url. Collisions are unlikely with fewer than 10^16 customers.
    /// </summary>
    private const int HashBytes = 16;

    /// <summary>The minimum length of a secret in bytes.</summary>
    public const int MinSecretBytes = 16;

    private static readonly int HashedLength = Prefix.Length + Base64Url.GetEncodedLength(HashBytes);

    private readonly byte[] secret;

    /// <summary>Creates a hasher with a secret.</summary>
    /// <param name="secret">At least <see cref="MinSecretBytes"/> bytes; must be hard to guess.</param>
    public CustomerKeyHasher(ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(secret.Length, MinSecretBytes, nameof(secret));
        this.secret = secret.ToArray();
        var fingerprint = HMACSHA256.HashData(this.secret, "fingerprint of an Attribution customer key secret"u8);
        Fingerprint = Convert.ToHexStringLower(fingerprint[..8]);
    }

    /// <summary>
    /// Gets a fingerprint that identifies the secret without revealing it: 64 bits of a hash in hexadecimal.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>
    /// Returns the stored form of a key: <c>hk_</c> and the first 128 bits of the HMAC-SHA256 of its Unicode
    /// normalization form C. A key that is already in this form is unchanged.
    /// </summary>
    public string Hash(string key)
    {
        if (IsHashed(key)) return key;
        var hash = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(TextNormalizer.Text(key)));
        return Prefix + Base64Url.EncodeToString(hash.AsSpan(0, HashBytes));
    }

    /// <summary>
    /// Returns the stored form of a network's token: <c>ht_</c> and a hash that no customer key has. A token that is
    /// already in this form is unchanged, as is the empty text.
    /// </summary>
    public string HashToken(string token)
    {
        if (token.Length == 0 || HasForm(token, TokenPrefix)) return token;
        var hash = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes("token\0" + token));
        return TokenPrefix + Base64Url.EncodeToString(hash.AsSpan(0, HashBytes));
    }

    /// <summary>Returns true if a key is already in the stored form.</summary>
    public static bool IsHashed(string key) => HasForm(key, Prefix);

    private static bool HasForm(string text, string prefix) =>
        text.Length == HashedLength && text.StartsWith(prefix, StringComparison.Ordinal)
        && Base64Url.IsValid(text.AsSpan(prefix.Length));
}
