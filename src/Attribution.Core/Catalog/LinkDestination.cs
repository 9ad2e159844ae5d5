using System.Text;
using Attribution.Contracts.Catalog;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>
/// The URL that a link redirects to: its destination with the parameters of the request, the link's UTM parameters and
/// the click id in the query. Pure.
/// </summary>
public static class LinkDestination
{
    /// <summary>The query parameter that passes the click id to the landing page.</summary>
    public const string ClickParameter = "atr_cid";

    /// <summary>
    /// Returns the destination with <c>utm_*</c> and <c>atr_cid</c> appended to its query. They replace all parameters
    /// with the same names in the destination. All other parameters and the fragment are unchanged. Space and
    /// non-ASCII characters are percent-encoded as UTF-8 (host names as Punycode), so that the result is valid in a
    /// header.
    /// </summary>
    /// <param name="destination">An absolute http or https URL that has passed the catalog's rules.</param>
    /// <param name="utm">
    /// The link's parameters. An absent member adds nothing and leaves the destination's parameter unchanged.
    /// </param>
    /// <param name="clickId">The click id.</param>
    /// <param name="incoming">
    /// The query of the request. Its parameters are passed on within <see cref="ForwardedParameters"/>' limits, unless
    /// the destination or the link has one of that name.
    /// </param>
    public static string Build(string destination, UtmItem? utm, string clickId, ReadOnlySpan<char> incoming = default)
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
            url.Append(PercentEncoding.ToAscii(existing.Raw));
        }

        AppendIncoming(url, first, incoming, query, added);
        foreach (var (name, value) in added)
        {
            if (url.Length > first) url.Append('&');
            url.Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return url.Append(PercentEncoding.ToAscii(fragment)).ToString();
    }

    /// <summary>
    /// Returns a URL in a form that is valid in a header, without UTM parameters and click id. The parameters of the
    /// request are passed on as in <see cref="Build"/>.
    /// </summary>
    public static string ToAsciiUrl(string url, ReadOnlySpan<char> incoming = default)
    {
        var (address, query, fragment) = Split(url);
        var ascii = new StringBuilder(url.Length + 128).Append(address).Append('?');
        var first = ascii.Length;
        ascii.Append(PercentEncoding.ToAscii(query));
        AppendIncoming(ascii, first, incoming, query, []);
        if (ascii.Length == first) ascii.Length--;
        return ascii.Append(PercentEncoding.ToAscii(fragment)).ToString();
    }

    /// <summary>Appends the parameters of the request whose names neither the destination nor the link has.</summary>
    private static void AppendIncoming(
        StringBuilder url, int first, ReadOnlySpan<char> incoming, string query, (string Name, string Value)[] added)
    {
        if (incoming.IsEmpty) return;
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var existing in QueryString.Parameters(query))
            taken.Add(ForwardedParameters.GetCanonicalName(existing.Name));
        foreach (var (name, _) in added) taken.Add(name);
        foreach (var parameter in ForwardedParameters.Select(incoming, taken.Contains))
        {
            if (url.Length > first) url.Append('&');
            url.Append(parameter);
        }
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
        return (rest[..host] + (HostNames.ToAsciiAuthority(authority) ?? PercentEncoding.ToAscii(authority)) + PercentEncoding.ToAscii(path), query, fragment);
    }
}
