using System.Text.Json;

namespace Attribution.Host.Ingest;

/// <summary>An event's <c>ip</c> is used at the door and never stored.</summary>
internal static class ClientAddress
{
    /// <summary>A copy of the JSON object without its members named <c>ip</c>, else byte for byte. What is no JSON object is copied as it is.</summary>
    public static byte[] Remove(ReadOnlySpan<byte> json)
    {
        // A name may be written with escapes; without any it can only be this text.
        if (json.IndexOf("\"ip\""u8) < 0 && json.IndexOf((byte)'\\') < 0)
            return json.ToArray();
        try
        {
            return Cut(json);
        }
        catch (JsonException)
        {
            return json.ToArray();
        }
    }

    private static byte[] Cut(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return json.ToArray();
        var kept = new List<byte>(json.Length);
        var from = 0;
        var previousEnd = (int)reader.BytesConsumed;
        var first = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isAddress = reader.ValueTextEquals("ip"u8);
            reader.Read();
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            if (isAddress)
            {
                // The comma before it goes with it; of the first member, the comma after.
                kept.AddRange(json[from..previousEnd]);
                from = first ? AfterComma(json, end) : end;
            }
            else
                first = false;

            previousEnd = end;
        }

        kept.AddRange(json[from..]);
        return [.. kept];
    }

    private static int AfterComma(ReadOnlySpan<byte> json, int end)
    {
        var next = json[end..].IndexOfAnyExcept(" \t\r\n"u8);
        return json[end + next] == (byte)',' ? end + next + 1 : end;
    }
}
