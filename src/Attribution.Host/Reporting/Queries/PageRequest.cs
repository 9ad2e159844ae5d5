using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The part of a list to return.</summary>
/// <param name="Limit">Maximum number of entries.</param>
/// <param name="After">Decoded cursor: the position after which the page begins; empty for the first page.</param>
internal sealed record PageRequest(int Limit, string After)
{
    /// <summary>Maximum number of entries on a page.</summary>
    public const int MaxLimit = 1_000;

    private const int DefaultLimit = 100;
    private const int MaxCursorLength = 400;

    /// <summary>Gets the request for the first page of the default size.</summary>
    public static PageRequest First { get; } = new(DefaultLimit, "");

    /// <summary>Gets the request for the whole list.</summary>
    public static PageRequest All { get; } = new(int.MaxValue - 1, "");

    /// <summary>Gets the position in the form stores expect: null for the first page.</summary>
    public string? Position => After.Length == 0 ? null : After;

    /// <summary>Reads the parameters <c>limit</c> and <c>cursor</c>.</summary>
    /// <param name="limit">From 1 to <see cref="MaxLimit"/>; null for 100.</param>
    /// <param name="cursor">The cursor of the previous page; null for the first page.</param>
    public static QueryResult<PageRequest> Parse(string? limit, string? cursor)
    {
        var count = DefaultLimit;
        if (limit is not null && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count)
            && count is >= 1 and <= MaxLimit))
            return QueryProblem.BadParameter("limit", $"Must be a whole number from 1 to {MaxLimit}");
        if (cursor is null) return new PageRequest(count, "");
        return TryDecodeCursor(cursor, out var after) ? new PageRequest(count, after) : QueryProblem.UnknownCursor();
    }

    /// <summary>Reads the position as a number below which the page begins.</summary>
    /// <param name="number">The number; null for the first page.</param>
    public bool TryGetNumber(out long? number)
    {
        number = null;
        if (After.Length == 0) return true;
        if (!long.TryParse(After, NumberStyles.None, CultureInfo.InvariantCulture, out var known)) return false;
        number = known;
        return true;
    }

    /// <summary>Encodes a position as a cursor that is opaque to the caller.</summary>
    public static string EncodeCursor(string after) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(after));

    /// <summary>Encodes a number as a cursor.</summary>
    public static string EncodeCursor(long number) => EncodeCursor(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Decodes a cursor of <see cref="EncodeCursor(string)"/>.</summary>
    public static bool TryDecodeCursor(string cursor, [NotNullWhen(true)] out string? after)
    {
        after = cursor.Length is > 0 and <= MaxCursorLength && Base64Url.IsValid(cursor)
            ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)) : null;
        return after is { Length: > 0 };
    }
}
