using System.Text;

namespace Attribution.Core.Values;

/// <summary>
/// The normalization of texts for comparison. Events and catalog use the same functions, so that texts that look equal
/// are equal. The functions are idempotent and never throw: lone surrogates and U+FFFE, which have no normal form,
/// become U+FFFD.
/// </summary>
public static class TextNormalizer
{
    /// <summary>Returns a text in Unicode normalization form C. Case and white space are unchanged.</summary>
    public static string Text(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var valid = text.AsSpan().Contains('\uFFFE') || HasLoneSurrogate(text)
            ? string.Concat(text.EnumerateRunes()
                .Select(rune => rune.Value == 0xFFFE ? Rune.ReplacementChar.ToString() : rune.ToString()))
            : text;
        return valid.Normalize(NormalizationForm.FormC);
    }

    /// <summary>
    /// Normalizes a discount code: trimmed, normalization form C, upper case by ordinal rules. Empty if it is only
    /// white space.
    /// </summary>
    public static string Code(string code) => Upper(code.Trim());

    /// <summary>
    /// Normalizes the decoded value of a UTM parameter: white space is collapsed to single spaces and trimmed,
    /// normalization form C, upper case by ordinal rules. Empty if it is only white space, which counts as absent.
    /// </summary>
    public static string UtmValue(string value) => Upper(CollapseWhiteSpace(value));

    // Conversion to upper case can produce letters and marks that must be composed again.
    private static string Upper(string text) => Text(Text(text).ToUpperInvariant());

    private static string CollapseWhiteSpace(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (!char.IsWhiteSpace(character)) result.Append(character);
            else if (result.Length > 0 && result[^1] != ' ') result.Append(' ');
        }
        if (result.Length > 0 && result[^1] == ' ') result.Length--;
        return result.ToString();
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
