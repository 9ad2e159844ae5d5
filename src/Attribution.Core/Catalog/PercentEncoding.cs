using System.Text;

namespace Attribution.Core.Catalog;

/// <summary>Percent-encoding of the characters that a header cannot contain.</summary>
internal static class PercentEncoding
{
    /// <summary>
    /// Returns a text whose spaces, control and other than ASCII characters are encoded in UTF-8. Characters that are
    /// encoded already stay as they are.
    /// </summary>
    public static string ToAscii(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyExceptInRange('!', '~')) return text.ToString();
        var ascii = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is > ' ' and <= '~') ascii.Append((char)rune.Value);
            else ascii.Append(Uri.EscapeDataString(rune.ToString()));
        }

        return ascii.ToString();
    }
}
