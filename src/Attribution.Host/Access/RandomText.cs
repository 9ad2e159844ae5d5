using System.Security.Cryptography;

namespace Attribution.Host.Access;

/// <summary>Random ids and secrets of small letters and digits, without those that look alike.</summary>
internal static class RandomText
{
    /// <summary>The characters.</summary>
    public const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>The length of an id.</summary>
    public const int IdLength = 10;

    /// <summary>The length of a secret: 160 random bits, so that its hash needs no salt.</summary>
    public const int SecretLength = 32;

    /// <summary>Creates an id.</summary>
    public static string CreateId() => RandomNumberGenerator.GetString(Alphabet, IdLength);

    /// <summary>Creates a secret.</summary>
    public static string CreateSecret() => RandomNumberGenerator.GetString(Alphabet, SecretLength);
}
