using System.Text;

namespace Attribution.Core.Values;

/// <summary>
/// The one form in which texts are compared. Events and catalog go through the same functions, so that what looks alike is alike.
/// None throws, whatever the text: lone surrogates and U+FFFE, which have no normal form, become U+FFFD. Each is idempotent.
/// </summary>
public static class TextNormalizer
{
    /// <summary>Unicode normal form C; nothing else changes, neither case nor white space.</summary>
    public static string Text(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var sound = text.AsSpan().Contains('\uFFFE') || HasLoneSurrogate(text)
            ? string.Concat(text.EnumerateRunes().Select(rune => rune.Value == 0xFFFE ? Rune.ReplacementChar.ToString() : rune.ToString()))
            : text;
        return sound.Normalize(NormalizationForm.FormC);
    }

    /// <summary>A discount code: trimmed, normal form C, upper case by ordinal rules. Empty for one of nothing but white space.</summary>
    public static string Code(string code) => Upper(code.Trim());

    /// <summary>
    /// The value of a UTM parameter, after percent and <c>+</c> were decoded: runs of white space become one blank, trimmed, normal form C,
    /// upper case by ordinal rules. Empty for one of nothing but white space, which counts as absent.
    /// </summary>
    public static string UtmValue(string value) => Upper(FoldWhiteSpace(value));

    // Upper-casing can leave letters and marks apart that compose in capitals, hence once more.
    private static string Upper(string text) => Text(Text(text).ToUpperInvariant());

    private static string FoldWhiteSpace(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (!char.IsWhiteSpace(character)) folded.Append(character);
            else if (folded.Length > 0 && folded[^1] != ' ') folded.Append(' ');
        }
        if (folded.Length > 0 && folded[^1] == ' ') folded.Length--;
        return folded.ToString();
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])) i++;
            else return true;
        }
        return false;
    }
}
