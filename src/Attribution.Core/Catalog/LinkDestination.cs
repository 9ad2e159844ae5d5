using System.Globalization;
using System.Text;
using Attribution.Contracts.Catalog;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>The address that a followed link leads to: its destination with the link's UTM parameters and the click's id in the query. Pure.</summary>
public static class LinkDestination
{
    /// <summary>The parameter that carries the click's id to the landing page.</summary>
    public const string ClickParameter = "atr_cid";

    /// <summary>
    /// The destination with <c>utm_*</c> and <c>atr_cid</c> at the end of its query. Parameters of these names that the destination has
    /// already give way, repeated ones all of them; every other one stays as written and in its place, as does the fragment. What is not ASCII is
    /// percent-encoded as UTF-8 (a host's name as Punycode), so that the answer can stand in a header.
    /// </summary>
    /// <param name="destination">An absolute http or https address, as the catalog's rules let pass.</param>
    /// <param name="utm">The link's parameters; an absent member adds nothing and leaves what the destination says.</param>
    /// <param name="clickId">The click's id.</param>
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
            .Where(parameter => !string.IsNullOrEmpty(parameter.Item2)).Select(parameter => (parameter.Item1, parameter.Item2!)),
        ];

        var whole = new StringBuilder(destination.Length + 128).Append(address).Append('?');
        var first = whole.Length;
        foreach (var own in QueryString.Parameters(query))
        {
            var name = own.Name.ToString();
            if (added.Any(parameter => parameter.Name == name)) continue;
            if (whole.Length > first) whole.Append('&');
            whole.Append(Ascii(own.Raw));
        }

        foreach (var (name, value) in added)
        {
            if (whole.Length > first) whole.Append('&');
            whole.Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return whole.Append(Ascii(fragment)).ToString();
    }

    /// <summary>The destination as it can stand in a header, nothing added.</summary>
    public static string ToAsciiUrl(string destination)
    {
        var (address, query, fragment) = Split(destination);
        return query.Length == 0 ? address + Ascii(fragment) : $"{address}?{Ascii(query)}{Ascii(fragment)}";
    }

    /// <summary>Scheme, host and path in ASCII, the path at least <c>/</c>; the query without its mark; the fragment with its.</summary>
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

    private static string Host(string authority) => System.Text.Ascii.IsValid(authority) ? authority : new IdnMapping().GetAscii(authority);

    private static string Ascii(ReadOnlySpan<char> text)
    {
        if (System.Text.Ascii.IsValid(text)) return text.ToString();
        var ascii = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
            ascii.Append(rune.IsAscii ? rune.ToString() : Uri.EscapeDataString(rune.ToString()));
        return ascii.ToString();
    }
}
