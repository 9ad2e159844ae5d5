using System.Buffers;
using System.Text.Json;

namespace Attribution.Core.Events;

public static partial class EventReader
{
    private static ReadOnlySpan<byte> IpName => "\"ip\""u8;

    /// <summary>
    /// The event without its top-level <c>ip</c>, which is used on the way in and never kept; null when it has none, so that nothing is
    /// copied then. The other members stay byte for byte, in order. Takes any bytes, since what was refused is kept too: of what is no JSON
    /// object, the part from the first <c>ip</c> on is cut off. Never throws.
    /// </summary>
    public static byte[]? WithoutIp(ReadOnlySpan<byte> utf8Object)
    {
        // An escape might hide the name, hence the second question.
        if (utf8Object.IndexOf(IpName) < 0 && !utf8Object.Contains((byte)'\\')) return null;

        var kept = new ArrayBufferWriter<byte>(utf8Object.Length);
        var reader = new Utf8JsonReader(utf8Object);
        var first = int.MaxValue;
        var end = 0;
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return Cut(utf8Object, first);
            kept.Write(utf8Object[..(end = (int)reader.BytesConsumed)]);
            for (var empty = true; reader.Read() && reader.TokenType == JsonTokenType.PropertyName;)
            {
                var start = (int)reader.TokenStartIndex;
                var isIp = reader.ValueTextEquals("ip"u8);
                if (isIp) first = Math.Min(first, start);
                reader.Skip();
                end = (int)reader.BytesConsumed;
                if (isIp) continue;
                if (!empty) kept.Write(","u8);
                kept.Write(utf8Object[start..end]);
                empty = false;
            }
            reader.Read(); // throws where something follows the object
            kept.Write(utf8Object[end..]);
            return first < int.MaxValue ? kept.WrittenSpan.ToArray() : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The second is what a name with half of a surrogate pair in it comes to.
            return Cut(utf8Object, first);
        }
    }

    private static byte[]? Cut(ReadOnlySpan<byte> text, int first)
    {
        var name = text.IndexOf(IpName);
        if (name >= 0) first = Math.Min(first, name);
        return first < int.MaxValue ? text[..first].ToArray() : null;
    }
}
