using System.Security.Cryptography;
using System.Text;

namespace Attribution.Host.Access;

/// <summary>
/// API key as its holder sends it: <c>atr_</c>, an id of ten letters and digits, <c>_</c>, and a secret of thirty-two (160 random bits).
/// The prefix lets repository scanners detect a leaked key.
/// </summary>
/// <param name="Id">The id, which is not secret.</param>
/// <param name="Text">The complete key.</param>
internal readonly record struct ApiKey(string Id, string Text)
{
    private const string Prefix = "atr_";

    /// <summary>Creates a random key.</summary>
    public static ApiKey Create()
    {
        var id = RandomText.CreateId();
        return new(id, $"{Prefix}{id}_{RandomText.CreateSecret()}");
    }

    /// <summary>Parses a key; returns false if the text does not have the form of a key.</summary>
    public static bool TryParse(string text, out ApiKey key)
    {
        key = default;
        if (text.Length != Prefix.Length + RandomText.IdLength + 1 + RandomText.SecretLength
            || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[Prefix.Length + RandomText.IdLength] != '_')
            return false;
        var id = text.Substring(Prefix.Length, RandomText.IdLength);
        if (id.Concat(text[^RandomText.SecretLength..]).Any(c => !RandomText.Alphabet.Contains(c, StringComparison.Ordinal))) return false;
        key = new(id, text);
        return true;
    }

    /// <summary>Computes the SHA-256 hash of the complete key. The store holds only this hash.</summary>
    public byte[] ComputeHash() => SHA256.HashData(Encoding.ASCII.GetBytes(Text));

    /// <summary>Returns prefix and id only, so that a secret never appears in a log.</summary>
    public override string ToString() => Prefix + Id;
}
