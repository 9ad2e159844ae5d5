using System.Text;

namespace Attribution.Core.Values;

/// <summary>
/// The parameters of an address's query, as browsers read them (WHATWG URL, application/x-www-form-urlencoded): split at <c>&amp;</c>,
/// empty pieces skipped, the first <c>=</c> separates, <c>+</c> is a blank, percent escapes are UTF-8 with faults replaced by U+FFFD.
/// Names are case-sensitive and may repeat; order is kept. Neither <see cref="Uri"/> nor ASP.NET's own parsers do the same.
/// </summary>
public static class QueryString
{
    /// <summary>What stands between the first <c>?</c> and the fragment; empty when there is neither a query nor anything in it.</summary>
    public static ReadOnlySpan<char> FromUrl(ReadOnlySpan<char> url)
    {
        var fragment = url.IndexOf('#');
        if (fragment >= 0) url = url[..fragment];
        var query = url.IndexOf('?');
        return query < 0 ? [] : url[(query + 1)..];
    }

    /// <summary>The parameters of a query (without its <c>?</c>) in order. Never throws.</summary>
    public static Enumerator Parameters(ReadOnlySpan<char> query) => new(query);

    /// <summary>Percent escapes and <c>+</c> decoded.</summary>
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
            else if (value == '%' && i + 2 < read.Length && char.IsAsciiHexDigit((char)read[i + 1]) && char.IsAsciiHexDigit((char)read[i + 2]))
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

    /// <summary>One parameter, still encoded.</summary>
    public readonly ref struct Parameter(ReadOnlySpan<char> raw, ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        /// <summary>All of it as written.</summary>
        public ReadOnlySpan<char> Raw { get; } = raw;

        /// <summary>The name as written.</summary>
        public ReadOnlySpan<char> RawName { get; } = name;

        /// <summary>The value as written; empty when there is none.</summary>
        public ReadOnlySpan<char> RawValue { get; } = value;

        /// <summary>The name, decoded.</summary>
        public ReadOnlySpan<char> Name => IsPlain(RawName) ? RawName : Decode(RawName);

        /// <summary>The value, decoded.</summary>
        public string Value => Decode(RawValue);
    }

    /// <summary>Walks over the parameters of a query.</summary>
    public ref struct Enumerator(ReadOnlySpan<char> query)
    {
        private ReadOnlySpan<char> rest = query;

        /// <summary>The parameter under the cursor.</summary>
        public Parameter Current { get; private set; }

        /// <summary>The enumerator itself, for <c>foreach</c>.</summary>
        public readonly Enumerator GetEnumerator() => this;

        /// <summary>Goes to the next parameter; false after the last.</summary>
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
