using System.Text;

namespace Attribution.Core.Values;

/// <summary>
/// The parameters of a URL's query as browsers parse them (WHATWG URL, application/x-www-form-urlencoded). The query is
/// split at <c>&amp;</c>, empty parts are skipped, the first <c>=</c> separates name and value, <c>+</c> is a space,
/// and percent escapes are UTF-8 with invalid bytes replaced by U+FFFD. Names are case-sensitive and may repeat; the
/// order is kept. Neither <see cref="Uri"/> nor the parsers of ASP.NET Core behave in this way.
/// </summary>
public static class QueryString
{
    /// <summary>
    /// Returns the part between the first <c>?</c> and the fragment; empty if there is no query.
    /// </summary>
    public static ReadOnlySpan<char> FromUrl(ReadOnlySpan<char> url)
    {
        var fragment = url.IndexOf('#');
        if (fragment >= 0) url = url[..fragment];
        var query = url.IndexOf('?');
        return query < 0 ? [] : url[(query + 1)..];
    }

    /// <summary>Returns the parameters of a query (without <c>?</c>) in order. Never throws.</summary>
    public static Enumerator Parameters(ReadOnlySpan<char> query) => new(query);

    /// <summary>Decodes percent escapes and <c>+</c>.</summary>
    public static string Decode(ReadOnlySpan<char> text)
    {
        if (IsPlain(text)) return text.ToString();
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var read = bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, bytes));
        var length = 0;
        for (var i = 0; i < read.Length; i++)
        {
            var value = read[i];
            if (value == '+') value = (byte)' ';
            else if (value == '%' && i + 2 < read.Length
                && char.IsAsciiHexDigit((char)read[i + 1]) && char.IsAsciiHexDigit((char)read[i + 2]))
            {
                value = (byte)((Hex(read[i + 1]) << 4) | Hex(read[i + 2]));
                i += 2;
            }
            read[length++] = value;
        }
        return Encoding.UTF8.GetString(read[..length]);
    }

    private static bool IsPlain(ReadOnlySpan<char> text) => text.IndexOfAny('%', '+') < 0 && Ascii.IsValid(text);

    private static int Hex(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    /// <summary>A parameter in its encoded form.</summary>
    public readonly ref struct Parameter(ReadOnlySpan<char> raw, ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        /// <summary>Gets the entire parameter as written.</summary>
        public ReadOnlySpan<char> Raw { get; } = raw;

        /// <summary>Gets the name as written.</summary>
        public ReadOnlySpan<char> RawName { get; } = name;

        /// <summary>Gets the value as written; empty if absent.</summary>
        public ReadOnlySpan<char> RawValue { get; } = value;

        /// <summary>Gets the decoded name.</summary>
        public ReadOnlySpan<char> Name => IsPlain(RawName) ? RawName : Decode(RawName);

        /// <summary>Gets the decoded value.</summary>
        public string Value => Decode(RawValue);
    }

    /// <summary>An enumerator of the parameters of a query.</summary>
    public ref struct Enumerator(ReadOnlySpan<char> query)
    {
        private ReadOnlySpan<char> rest = query;

        /// <summary>Gets the current parameter.</summary>
        public Parameter Current { get; private set; }

        /// <summary>Returns the enumerator itself, for <c>foreach</c>.</summary>
        public readonly Enumerator GetEnumerator() => this;

        /// <summary>Moves to the next parameter; returns false after the last one.</summary>
        public bool MoveNext()
        {
            while (!rest.IsEmpty)
            {
                var end = rest.IndexOf('&');
                var piece = end < 0 ? rest : rest[..end];
                rest = end < 0 ? [] : rest[(end + 1)..];
                if (piece.IsEmpty) continue;
                var equals = piece.IndexOf('=');
                Current = equals < 0 ? new(piece, piece, []) : new(piece, piece[..equals], piece[(equals + 1)..]);
                return true;
            }
            return false;
        }
    }
}
