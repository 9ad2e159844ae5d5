using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Attribution.Host.Ingest;

/// <summary>Finds where the events of a JSON body begin and end, without building anything from them.</summary>
internal static class EventSplitter
{
    /// <summary>
    /// The body's event or, of an array, its elements in order, whatever they are. The whole body is checked: UTF-8, JSON, nothing after
    /// the value, at most 64 levels deep.
    /// </summary>
    /// <exception cref="RequestRejectedException">The body is at fault as a whole; the message says at which line and byte.</exception>
    public static List<Range> Split(ReadOnlySpan<byte> body, int maxEvents, out bool isArray)
    {
        CheckUtf8(body);
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!HasValue(body))
                throw RequestRejectedException.EmptyBody();
            reader.Read();
            isArray = reader.TokenType == JsonTokenType.StartArray;
            var events = isArray ? ReadElements(ref reader, maxEvents) : [ReadValue(ref reader)];
            reader.Read();
            return events;
        }
        catch (JsonException e)
        {
            throw RequestRejectedException.Malformed($"The body is not JSON, from line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} on: {GetMessage(e)}");
        }
    }

    private static List<Range> ReadElements(ref Utf8JsonReader reader, int maxEvents)
    {
        var events = new List<Range>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (events.Count == maxEvents)
                throw RequestRejectedException.TooManyEvents(maxEvents);
            events.Add(ReadValue(ref reader));
        }

        return events;
    }

    private static Range ReadValue(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return start..(int)reader.BytesConsumed;
    }

    private static bool HasValue(ReadOnlySpan<byte> body) => body.ContainsAnyExcept(" \t\r\n"u8);

    private static void CheckUtf8(ReadOnlySpan<byte> body)
    {
        if (Utf8.IsValid(body))
            return;
        var at = 0;
        while (System.Text.Rune.DecodeFromUtf8(body[at..], out _, out var length) == OperationStatus.Done)
            at += length;
        throw RequestRejectedException.Malformed($"The body is not UTF-8, from byte {at + 1} on.");
    }

    /// <summary>The reader's own words, without the position it adds in its own way of counting.</summary>
    private static string GetMessage(JsonException e)
    {
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? e.Message : e.Message[..end];
    }
}
