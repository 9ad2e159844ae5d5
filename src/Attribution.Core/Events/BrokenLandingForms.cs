using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>
/// Forms in which links carry campaign parameters in addition to the ordinary query. They only count where the ordinary query
/// lacks the parameter. Pure.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>names in another case: <c>UTM_SOURCE=…</c></item>
/// <item>an escaped ampersand: <c>&amp;amp;utm_source=…</c>, <c>&amp;#038;utm_source=…</c></item>
/// <item>a second question mark: <c>?a=1?utm_source=…</c></item>
/// <item>the fragment: <c>#utm_source=…</c>, <c>#/page?utm_source=…</c></item>
/// <item>the names of the Universal Commerce Protocol: <c>attribution/utm_source=…</c></item>
/// </list>
/// </remarks>
internal static class BrokenLandingForms
{
    /// <summary>Returns false if a URL certainly has no parameter in one of the forms.</summary>
    public static bool MayHave(string url)
    {
        var start = url.AsSpan().IndexOfAny('?', '#');
        if (start < 0) return false;
        var rest = url.AsSpan(start + 1);
        return url[start] == '#' || rest.ContainsAny("?#;%/") || rest.ContainsAnyInRange('A', 'Z');
    }

    /// <summary>
    /// Returns true if the value of a parameter continues with another query (<c>spring?utm_source=…</c>), and the part
    /// before it. A value that is a URL is whole.
    /// </summary>
    public static bool CutJoinedQuery(ReadOnlySpan<char> value, out ReadOnlySpan<char> own)
    {
        own = value;
        var mark = value.IndexOf('?');
        if (mark < 0 || value[..mark].ContainsAny("/:%") || value[(mark + 1)..].IndexOf('=') <= 0) return false;
        own = value[..mark];
        return true;
    }

    /// <summary>Fills parameters that are absent from the forms of a URL. The last of several applies.</summary>
    public static void Fill(string?[] values, string url)
    {
        var found = new string?[LandingParameters.Count];
        var hash = url.IndexOf('#', StringComparison.Ordinal);
        Read(found, QueryString.FromUrl(url));
        if (hash >= 0)
        {
            // A route may precede the query: #/page?utm_source=…
            var fragment = url.AsSpan(hash + 1);
            var (mark, equals) = (fragment.IndexOf('?'), fragment.IndexOf('='));
            Read(found, mark >= 0 && (equals < 0 || mark < equals) ? fragment[(mark + 1)..] : fragment);
        }

        for (var i = 0; i < values.Length; i++)
            values[i] ??= found[i];
    }

    private static void Read(string?[] found, ReadOnlySpan<char> query)
    {
        foreach (var parameter in QueryString.Parameters(query))
        {
            var rest = parameter.Raw;
            while (true)
            {
                // A second question mark separates like an ampersand, unless it belongs to a URL.
                var mark = rest.IndexOf('?');
                var isSeparator = mark >= 0 && !rest[..mark].ContainsAny("/:%");
                ReadOne(found, isSeparator ? rest[..mark] : rest);
                if (!isSeparator) break;
                rest = rest[(mark + 1)..];
            }
        }
    }

    private static void ReadOne(string?[] found, ReadOnlySpan<char> text)
    {
        Span<char> lower = stackalloc char[64];
        foreach (var parameter in QueryString.Parameters(text))
        {
            var name = StripPrefixes(parameter.Name);
            if (name.Length > lower.Length) continue;
            var length = name.ToLowerInvariant(lower);
            if (LandingParameters.IndexOf(lower[..length]) is >= 0 and var index && parameter.Value is { Length: > 0 } value)
                found[index] = value;
        }
    }

    /// <summary>Removes escaped ampersands and the protocol's prefix.</summary>
    private static ReadOnlySpan<char> StripPrefixes(ReadOnlySpan<char> name)
    {
        while (true)
        {
            if (name.StartsWith("amp;", StringComparison.OrdinalIgnoreCase)) name = name[4..];
            else if (name.TrimStart('#').TrimStart('0').StartsWith("38;")) name = name.TrimStart('#').TrimStart('0')[3..];
            else break;
        }

        return ProtocolNames.Strip(name);
    }
}
