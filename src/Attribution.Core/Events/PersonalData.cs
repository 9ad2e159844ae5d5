using System.Text.RegularExpressions;
using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>The recognition of texts that identify a person. Pure.</summary>
public static partial class PersonalData
{
    /// <summary>
    /// Returns true if a text contains what looks like an e-mail address or a telephone number, also with percent escapes.
    /// A number without a plus, groups or brackets is an id.
    /// </summary>
    public static bool IsContact(string text)
    {
        var decoded = text.Contains('%', StringComparison.Ordinal) ? QueryString.Decode(text) : text;
        return IsContactAsWritten(text) || (decoded != text && IsContactAsWritten(decoded));
    }

    private static bool IsContactAsWritten(string text) =>
        EmailAddress().IsMatch(text) || (Telephone().IsMatch(text) && !Day().IsMatch(text));

    // Also with a full-width sign.
    [GeneratedRegex(@"[^@\s]\s?[@\uFF20]\s?[^@\s]+\.[^@\s]|mailto:", RegexOptions.IgnoreCase)]
    private static partial Regex EmailAddress();

    // International with a plus or 00, with an area code in brackets, in groups as in North America, or as a link.
    [GeneratedRegex(
        @"(?:^|[^0-9A-Za-z])(?:\+|00)[1-9](?:[ ()./-]*[0-9]){6,14}(?:$|[^0-9A-Za-z])"
        + @"|\([0-9]{2,5}\)[ -]?[0-9](?:[ .-]?[0-9]){4,}"
        + @"|(?:^|[^0-9A-Za-z-])[0-9]{3}[ .-][0-9]{3}[ .-][0-9]{4}(?:$|[^0-9A-Za-z-])"
        + @"|(?:^|[^0-9])0[1-9][0-9]{1,4}[ /-][0-9]{3,}[ -]?[0-9]{2,}(?:$|[^0-9])|tel:",
        RegexOptions.IgnoreCase)]
    private static partial Regex Telephone();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}")]
    private static partial Regex Day();
}
