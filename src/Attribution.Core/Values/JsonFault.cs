using System.Text.Json;

namespace Attribution.Core.Values;

/// <summary>Descriptions of JSON that cannot be parsed, for whoever sent it.</summary>
public static class JsonFault
{
    /// <summary>
    /// Returns the parser's message without what only a programmer can use: its position, which it counts in another
    /// way, and advice about the parser's options.
    /// </summary>
    public static string Describe(JsonException fault)
    {
        var message = fault.Message;
        foreach (var end in (string[])[" LineNumber:", " Path:"])
        {
            if (message.IndexOf(end, StringComparison.Ordinal) is >= 0 and var at) message = message[..at];
        }

        return message.Replace(" Change the reader options.", "", StringComparison.Ordinal)
            .Replace(" which is not supported in this mode", "; remove it", StringComparison.Ordinal);
    }
}
