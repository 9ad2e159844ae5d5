namespace Attribution.Host.Ingest;

/// <summary>Fits texts that browsers send into the limits of events.</summary>
internal static class HeaderText
{
    /// <summary>
    /// Truncates a text to a length in UTF-16 units, never within a character. Returns null for an absent or empty
    /// text.
    /// </summary>
    public static string? Truncate(string? text, int limit)
    {
        if (string.IsNullOrEmpty(text)) return null;
        return text.Length <= limit ? text : text[..(char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit)];
    }
}
