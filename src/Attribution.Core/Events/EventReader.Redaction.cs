using System.Buffers;
using System.Text.Json;
using Attribution.Core.Values;

namespace Attribution.Core.Events;

public static partial class EventReader
{
    private static ReadOnlySpan<byte> IpName => "\"ip\""u8;

    private static ReadOnlySpan<byte> CustomerKeyName => "\"customerKey\""u8;

    private static ReadOnlySpan<byte> DataBase64Name => "\"data_base64\""u8;

    /// <summary>
    /// The event as it is kept: without <c>ip</c>, which is used on the way in and never stored, and with <c>customerKey</c> hashed. Null when it
    /// is so already, so that nothing is copied then. The other members stay byte for byte, in order. Of a CloudEvent the same holds of its data.
    /// Takes any bytes, since what was refused is kept too: a <c>customerKey</c> that is none becomes empty, which is refused again; of what is no
    /// JSON object, the part from the first of these names on is cut off. Never throws.
    /// </summary>
    /// <param name="utf8Object">As it was sent, or kept already.</param>
    /// <param name="keys">Hashes customer keys; null: they are, as in an archive, and stay.</param>
    public static byte[]? Redact(ReadOnlySpan<byte> utf8Object, CustomerKeyHasher? keys)
    {
        // An escape might hide a name, hence the last question.
        if (utf8Object.IndexOf(IpName) < 0 && (keys is null || (utf8Object.IndexOf(CustomerKeyName) < 0 && utf8Object.IndexOf(DataBase64Name) < 0)) && !utf8Object.Contains((byte)'\\'))
            return null;

        var kept = new ArrayBufferWriter<byte>(utf8Object.Length + 32);
        var reader = new Utf8JsonReader(utf8Object);
        var first = int.MaxValue;
        var changed = false;
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return CutAtPersonalData(utf8Object, first, keys);
            var end = (int)reader.BytesConsumed;
            kept.Write(utf8Object[..end]);
            for (var empty = true; reader.Read() && reader.TokenType == JsonTokenType.PropertyName;)
            {
                var start = (int)reader.TokenStartIndex;
                var isIp = reader.ValueTextEquals("ip"u8);
                var isKey = keys is not null && reader.ValueTextEquals("customerKey"u8);
                var isEncoded = reader.ValueTextEquals("data_base64"u8);
                var isData = reader.ValueTextEquals("data"u8);
                if (isIp || isKey) first = Math.Min(first, start);
                reader.Read();
                isData &= reader.TokenType == JsonTokenType.StartObject;
                var value = (int)reader.TokenStartIndex;
                var other = isKey ? HashCustomerKey(ref reader, keys!) : isEncoded ? RedactBase64Data(ref reader, keys) : null;
                reader.Skip();
                end = (int)reader.BytesConsumed;
                if (isData) other = Redact(utf8Object[value..end], keys);
                changed |= isIp || other is not null;
                if (isIp) continue;
                if (!empty) kept.Write(","u8);
                kept.Write(utf8Object[start..(other is null ? end : value)]);
                kept.Write(other);
                empty = false;
            }
            reader.Read(); // throws where something follows the object
            kept.Write(utf8Object[end..]);
            return changed ? kept.WrittenSpan.ToArray() : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The second is what a name with half of a surrogate pair in it comes to.
            return CutAtPersonalData(utf8Object, first, keys);
        }
    }

    /// <summary>The value of a customer's key as JSON; null where it stays as it is.</summary>
    private static byte[]? HashCustomerKey(ref Utf8JsonReader reader, CustomerKeyHasher keys)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        string? key = null;
        try
        {
            key = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: no text, and refused as such.
        }
        if (key is "" || (key is not null && CustomerKeyHasher.IsHashed(key))) return null;
        var isOne = !string.IsNullOrWhiteSpace(key) && !IsEmailAddress(key) && EventJson.Length(key) <= EventLimits.Id;
        return JsonSerializer.SerializeToUtf8Bytes(isOne ? keys.Hash(key!) : "");
    }

    /// <summary>A CloudEvent's data in base64, as kept; null where it stays as it is.</summary>
    private static byte[]? RedactBase64Data(ref Utf8JsonReader reader, CustomerKeyHasher? keys) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out var data) && Redact(data, keys) is { } kept
            ? JsonSerializer.SerializeToUtf8Bytes(Convert.ToBase64String(kept)) : null;

    private static byte[]? CutAtPersonalData(ReadOnlySpan<byte> text, int first, CustomerKeyHasher? keys)
    {
        foreach (var name in (int[])[text.IndexOf(IpName), keys is null ? -1 : text.IndexOf(CustomerKeyName)])
            if (name >= 0) first = Math.Min(first, name);
        return first < int.MaxValue ? text[..first].ToArray() : null;
    }
}
