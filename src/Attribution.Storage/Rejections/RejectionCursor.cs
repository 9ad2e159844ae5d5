namespace Attribution.Storage.Rejections;

/// <summary>The cursor of a list of rejections: the id of the last rejection of the previous page.</summary>
internal static class RejectionCursor
{
    /// <summary>Formats the cursor after a page's last rejection.</summary>
    public static string Format(Guid last) => last.ToString("N");

    /// <summary>Parses a cursor; null, for the first page, is returned as null.</summary>
    /// <exception cref="ArgumentException">The cursor is invalid.</exception>
    public static Guid? Parse(string? cursor) => cursor switch
    {
        null => null,
        _ when Guid.TryParseExact(cursor, "N", out var last) => last,
        _ => throw new ArgumentException("Invalid cursor: this list did not return it.", nameof(cursor)),
    };
}
