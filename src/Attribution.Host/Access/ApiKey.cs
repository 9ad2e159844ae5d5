using System.Security.Cryptography;
using System.Text;

namespace Attribution.Host.Access;

/// <summary>
/// A key as its holder sends it: <c>atr_</c>, ten letters and digits that name it, <c>_</c>, and thirty-two that are secret (160 random bits). The
/// prefix lets scanners of repositories find one that leaked.
/// </summary>
/// <param name="Id">The part that names it.</param>
/// <param name="Text">All of it.</param>
internal readonly record struct ApiKey(string Id, string Text)
{
    private const string Prefix = "atr_";
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int IdLength = 10;
    private const int SecretLength = 32;

    /// <summary>A new key.</summary>
    public static ApiKey Create()
    {
        var id = RandomNumberGenerator.GetString(Alphabet, IdLength);
        return new(id, $"{Prefix}{id}_{RandomNumberGenerator.GetString(Alphabet, SecretLength)}");
    }

    /// <summary>Reads a key; false where the text has not its form.</summary>
    public static bool TryParse(string text, out ApiKey key)
    {
        key = default;
        if (text.Length != Prefix.Length + IdLength + 1 + SecretLength || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[Prefix.Length + IdLength] != '_')
            return false;
        var id = text.Substring(Prefix.Length, IdLength);
        if (id.Concat(text[^SecretLength..]).Any(c => !Alphabet.Contains(c, StringComparison.Ordinal))) return false;
        key = new(id, text);
        return true;
    }

    /// <summary>SHA-256 of all of it, which is what is stored.</summary>
    public byte[] ComputeHash() => SHA256.HashData(Encoding.ASCII.GetBytes(Text));

    /// <summary>Its name alone: a key is never to be seen in a log.</summary>
    public override string ToString() => Prefix + Id;
}
