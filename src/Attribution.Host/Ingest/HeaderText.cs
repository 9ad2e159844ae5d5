namespace Attribution.Host.Ingest;

/// <summary>What browsers say of themselves, within an event's bounds.</summary>
internal static class HeaderText
{
    /// <summary>As long as an event may say it; null when absent. Never cut within a character.</summary>
    public static string? Truncate(string? text, int limit) =>
        string.IsNullOrEmpty(text) ? null : text.Length <= limit ? text : text[..(char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit)];
}
