using System.Globalization;
using System.Text;
using Attribution.Contracts.Catalog;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>
/// The URL that a link redirects to: its destination with the link's UTM parameters and the click id in the query.
/// Pure.
/// </summary>
public static class LinkDestination
{
    /// <summary>The query parameter that passes the click id to the landing page.</summary>
    public const string ClickParameter = "atr_cid";

    /// <summary>
    /// Returns the destination with <c>utm_*</c> and <c>atr_cid</c> appended to its query. They replace all parameters
    /// with the same names in the destination. All other parameters and the fragment are unchanged. Non-ASCII
    /// characters are percent-encoded as UTF-8 (host names as Punycode), so that the result is valid in a header.
    /// </summary>
    /// <param name="destination">An absolute http or https URL that has passed the catalog's rules.</param>
    /// <param name="utm">
    /// The link's parameters. An absent member adds nothing and leaves the destination's parameter unchanged.
    /// </param>
    /// <param name="clickId">The click id.</param>
    public static string Build(string destination, UtmItem? utm, string clickId)
    {
        var (address, query, fragment) = Split(destination);
        (string Name, string Value)[] added =
        [
            .. new[]
            {
                ("utm_source", utm?.Source), ("utm_medium", utm?.Medium), ("utm_campaign", utm?.Campaign),
                ("utm_content", utm?.Content), ("utm_term", utm?.Term), ("utm_id", utm?.Id), (ClickParameter, clickId),
            }
            .Where(parameter => !string.IsNullOrEmpty(parameter.Item2))
            .Select(parameter => (parameter.Item1, parameter.Item2!)),
        ];

        var url = new StringBuilder(destination.Length + 128).Append(address).Append('?');
        var first = url.Length;
        foreach (var existing in QueryString.Parameters(query))
        {
            var name = existing.Name.ToString();
            if (added.Any(parameter => parameter.Name == name)) continue;
            if (url.Length > first) url.Append('&');
            url.Append(Ascii(existing.Raw));
        }

        foreach (var (name, value) in added)
        {
            if (url.Length > first) url.Append('&');
            url.Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return url.Append(Ascii(fragment)).ToString();
    }

    /// <summary>Returns the destination in a form that is valid in a header, without added parameters.</summary>
    public static string ToAsciiUrl(string destination)
    {
        var (address, query, fragment) = Split(destination);
        return query.Length == 0 ? address + Ascii(fragment) : $"{address}?{Ascii(query)}{Ascii(fragment)}";
    }

    /// <summary>
    /// Returns scheme, host and path in ASCII (the path is at least <c>/</c>), the query without <c>?</c>, and the
    /// fragment with <c>#</c>.
    /// </summary>
    private static (string Address, string Query, string Fragment) Split(string destination)
    {
        var hash = destination.IndexOf('#', StringComparison.Ordinal);
        var (rest, fragment) = hash < 0 ? (destination, "") : (destination[..hash], destination[hash..]);
        var mark = rest.IndexOf('?', StringComparison.Ordinal);
        (rest, var query) = mark < 0 ? (rest, "") : (rest[..mark], rest[(mark + 1)..]);
        var host = rest.IndexOf("://", StringComparison.Ordinal) + 3;
        var slash = rest.IndexOf('/', host);
        var (authority, path) = slash < 0 ? (rest[host..], "/") : (rest[host..slash], rest[slash..]);
        return (rest[..host] + Host(authority) + Ascii(path), query, fragment);
    }

    private static string Host(string authority) =>
        System.Text.Ascii.IsValid(authority) ? authority : new IdnMapping().GetAscii(authority);

    private static string Ascii(ReadOnlySpan<char> text)
    {
        if (System.Text.Ascii.IsValid(text)) return text.ToString();
        var ascii = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
            ascii.Append(rune.IsAscii ? rune.ToString() : Uri.EscapeDataString(rune.ToString()));
        return ascii.ToString();
    }
}
