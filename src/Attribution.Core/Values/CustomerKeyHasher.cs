using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Attribution.Core.Values;

/// <summary>
/// What senders call their customers, made into what is stored: a hash under the installation's secret, from which nobody leads back who has
/// the stored data and not the secret. One person's key is the same whatever door it comes through. Immutable; thread-safe.
/// </summary>
public sealed class CustomerKeyHasher
{
    /// <summary>How a hashed key begins; what comes in this form is taken as it is, so that hashing twice is hashing once.</summary>
    private const string Prefix = "hk_";

    /// <summary>128 bits, in base64url: customers would have to be counted in 10^16 before two met.</summary>
    private const int HashBytes = 16;

    /// <summary>Least length of a secret, in bytes.</summary>
    public const int MinSecretBytes = 16;

    private static readonly int HashedLength = Prefix.Length + Base64Url.GetEncodedLength(HashBytes);

    private readonly byte[] secret;

    /// <summary>Hashes under a secret.</summary>
    /// <param name="secret">At least <see cref="MinSecretBytes"/> bytes, and as hard to guess as a key.</param>
    public CustomerKeyHasher(ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(secret.Length, MinSecretBytes, nameof(secret));
        this.secret = secret.ToArray();
        Fingerprint = Convert.ToHexStringLower(HMACSHA256.HashData(this.secret, "fingerprint of an Attribution customer key secret"u8)[..8]);
    }

    /// <summary>Tells secrets apart and gives none away: 64 bits of a hash, in hexadecimal.</summary>
    public string Fingerprint { get; }

    /// <summary>The stored form of a key: <c>hk_</c> and the first 128 bits of HMAC-SHA256 of its normal form C; a key in that form as it is.</summary>
    public string Hash(string key) => IsHashed(key) ? key : Prefix + Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(TextNormalizer.Text(key))).AsSpan(0, HashBytes));

    /// <summary>Whether a key is in the stored form already.</summary>
    public static bool IsHashed(string key) =>
        key.Length == HashedLength && key.StartsWith(Prefix, StringComparison.Ordinal) && Base64Url.IsValid(key.AsSpan(Prefix.Length));
}
